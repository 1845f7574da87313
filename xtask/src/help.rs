//! `cargo xtask help`.

/// Lists the commands.
pub(crate) fn command() {
    println!(
        "\
cargo xtask COMMAND

  serve    build the app and serve it, with a stand-in Hub that holds the bundled sample
             --port P              of the app, 8080 by default
             --hub-port P          of the stand-in Hub, 8090 by default
             --fixture FILE        serve this parquet file as the table diffusiondb-2m
             --release             build what ships; slower to build
             --no-build            serve what was built last
  build    build the app into a folder that any static host can serve, at any path
             --profile NAME        release (what ships, and the default) or fast
             --out DIR             dist by default
             --catalog FILE        with the tables of this file beside the catalogue's, see docs/tables.md
  test     everything that has to hold; ends with `N passed, N failed`
             --only STEP           fmt, deny, clippy, native, wasm or browser
  bench    measure the app in Chromium on tables of 2 and 14 million rows; writes benches/RESULTS.md, about half an
           hour after the build
             PART…                 only these: openings, code, brushes, asks, ahead, files, lighthouse; or peers,
                                   which asks other readers too and writes benches/PEERS.md
             --runs N              fresh browsers for each figure, 3 by default
             --no-build            measure what was built last
  chaos    two hundred random scripts of faults in Chromium
             --from N --count N    other ones, or fewer
  soak     a long session in Chromium on a table of two million rows, with what it takes of memory
             --minutes N           30 by default
  fixture  write a generated table
             --rows N --seed S --layout L --out FILE
             --zips N              and the archives of its first N parts into images/ beside it
  sample   write the bundled sample anew
  help     this text

The first run installs what is missing: the wasm32 target, trunk, wasm-bindgen-cli and cargo-deny.
Tests need Chromium and chromedriver besides."
    );
}
