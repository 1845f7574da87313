//! `cargo xtask serve`: the app, and a stand-in Hub that holds the bundled sample.

use crate::Result;
use crate::args::Args;
use crate::build::{Profile, build};
use crate::run::root;
use hub::{App, AppConfig, Config, Hub, Source};
use std::path::{Path, PathBuf};

const APP_PORT: u16 = 8080;
const HUB_PORT: u16 = 8090;

/// Where the tables of the catalogue are on the Hub, and which file of the sample stands in.
const TABLES: &[(&str, &str, &str)] = &[
    ("poloclub/diffusiondb", "metadata.parquet", DIFFUSIONDB),
    ("poloclub/diffusiondb", "metadata-large.parquet", DIFFUSIONDB),
    ("zai-org/ImageRewardDB", "metadata-train.parquet", IMAGEREWARD),
    ("zai-org/ImageRewardDB", "metadata-validation.parquet", IMAGEREWARD),
    ("zai-org/ImageRewardDB", "metadata-test.parquet", IMAGEREWARD),
];
const DIFFUSIONDB: &str = "diffusiondb-sample.parquet";
const IMAGEREWARD: &str = "imagereward-test-sample.parquet";

/// The repository of the stand-in Hub that holds the sample under its own names.
const SAMPLE_REPOSITORY: &str = "vitrine/sample";

/// `cargo xtask serve [--port P] [--hub-port P] [--fixture FILE] [--release] [--no-build]`
pub(crate) fn command(args: Vec<String>) -> Result<()> {
    let mut args = Args::new(args);
    let port = args.port("--port", APP_PORT)?;
    let hub_port = args.port("--hub-port", HUB_PORT)?;
    let fixture = args.value("--fixture")?.map(PathBuf::from);
    let profile = if args.flag("--release") { Profile::Release } else { Profile::Fast };
    let as_built = args.flag("--no-build");
    args.finish()?;

    let dist = root().join("dist");
    if !as_built {
        build(profile, &dist)?;
    }
    let config = Config { port: hub_port, ..Config::default() };
    let hub = Hub::start(config).map_err(|error| format!("the stand-in Hub, port {hub_port}: {error}"))?;
    on_hub(&hub, fixture.as_deref())?;
    let config = AppConfig { port, ..AppConfig::new(&dist) };
    let app =
        App::start(config).map_err(|error| format!("the app in {}, port {port}: {error}", dist.display()))?;

    let (url, endpoint) = (app.url(), hub.endpoint());
    println!("Vitrine on the Hugging Face Hub      {url}");
    println!("Vitrine on a stand-in for it         {url}?endpoint={endpoint}");
    println!("one table of the stand-in            {url}?table=diffusiondb-2m&endpoint={endpoint}");
    println!("Ctrl+C ends both servers.");
    loop {
        std::thread::park();
    }
}

/// Puts the bundled sample onto a stand-in Hub, where the tables of the catalogue are, or another table in its place.
pub(crate) fn on_hub(hub: &Hub, fixture: Option<&Path>) -> Result<()> {
    let sample = root().join("public/sample");
    let put = |repository: &str, path: &str, file: &Path| {
        hub.mount(repository, path, Source::file(file))
            .map_err(|error| format!("{}: {error}", file.display()))
    };
    for (repository, path, name) in TABLES {
        let file = sample.join(name);
        if file.is_file() {
            put(repository, path, &file)?;
            hub.rename("THUDM/ImageRewardDB", "zai-org/ImageRewardDB");
        } else {
            println!("{} is missing: cargo xtask sample", file.display());
        }
    }
    for entry in std::fs::read_dir(&sample).into_iter().flatten().flatten() {
        let name = entry.file_name();
        if entry.path().is_file() {
            put(SAMPLE_REPOSITORY, &name.to_string_lossy(), &entry.path())?;
        }
    }
    for (repository, below, folder) in [
        ("poloclub/diffusiondb", "images", sample.join("images")),
        ("zai-org/ImageRewardDB", "images/test", sample.join("images/test")),
        // What belongs to the fixture comes last, and takes the place of the sample's.
        (
            "poloclub/diffusiondb",
            "images",
            fixture.map_or_else(PathBuf::new, |path| path.with_file_name("images")),
        ),
    ] {
        for entry in std::fs::read_dir(&folder).into_iter().flatten().flatten() {
            if entry.path().is_file() {
                put(repository, &format!("{below}/{}", entry.file_name().to_string_lossy()), &entry.path())?;
            }
        }
    }
    if let Some(fixture) = fixture {
        put("poloclub/diffusiondb", "metadata.parquet", fixture)?;
    }
    Ok(())
}
