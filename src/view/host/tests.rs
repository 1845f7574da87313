//! What may stand in a host's catalogue, and what is told of what may not.

use super::dataset::Dataset;
use super::json::{self, Value};
use super::{Place, Problem, policy, read};
use crate::view::catalog::SubsetRows;
use crate::view::facts::{Described, Facts};
use crate::view::roles::Role;
use crate::view::spec::Subset;
use crate::view::url::parse_with;
use proptest::prelude::*;

fn problems(text: &str) -> Vec<String> {
    read(text).1.iter().map(ToString::to_string).collect()
}

/// A catalogue with one table that has these further entries.
fn with(entries: &str) -> String {
    format!(
        "{{\n  \"tables\": [\n    {{ \"id\": \"ours\", \"title\": \"Ours\",\n      {entries} }}\n  ]\n}}\n"
    )
}

fn check(text: &str, expected: &[&str]) {
    assert_eq!(problems(text), expected, "{text}");
}

const WHOLE: &str = r#"{
  "title": "Prompts of our group",
  "description": "What we asked for.",
  "endpoint": "https://mirror.example.org",
  "thumbnails": "https://thumbs.example.org/previews/",
  "tables": [
    {
      "id": "ours-2025",
      "title": "Our prompts",
      "description": "All of 2025.",
      "file": "hf:our-group/prompts/data/*.parquet",
      "rows": 120000,
      "roles": { "prompt": "caption", "image": null },
      "images": { "zip": "images/part-{part:06}.zip", "member": "{name}.png", "thumbnail": "https://thumbs.example.org/{name}.webp" },
      "licence": { "name": "CC BY 4.0", "link": "https://creativecommons.org/licenses/by/4.0/" },
      "link": "https://example.org/prompts"
    },
    { "id": "small", "title": "Small", "file": "data/small.parquet" },
    { "id": "two", "title": "Two", "files": [
      { "file": "https://data.example.org:8443/a.parquet", "bytes": 1000 },
      { "file": "http://data.lan/b.parquet", "bytes": 2000 }
    ] }
  ]
}"#;

#[test]
fn a_whole_catalogue_is_read() {
    let (catalogue, problems) = read(WHOLE);
    assert_eq!(problems, []);
    assert_eq!(catalogue.title.as_deref(), Some("Prompts of our group"));
    assert_eq!(catalogue.endpoint.as_deref(), Some("https://mirror.example.org"));
    assert_eq!(catalogue.thumbnails.as_deref(), Some("https://thumbs.example.org/previews"));
    let ours = catalogue.table("ours-2025").expect("a table");
    assert_eq!(ours.rows, Some(120_000));
    assert_eq!(ours.roles.get(&Role::Prompt), Some(&Some("caption".to_owned())));
    assert_eq!(ours.roles.get(&Role::Image), Some(&None));
    let place = Place::parse(&ours.files[0].place).expect("a place");
    let images = ours.images.as_ref().expect("images").images(&place).expect("images");
    assert_eq!(images.columns(), ["part", "name"]);
    assert!(images.has_previews());
    let places = images.candidates(["7", "a/b"]).expect("places");
    let places: Vec<String> = places.iter().map(|place| format!("{place:?}")).collect();
    assert!(places[0].contains("https://thumbs.example.org/a/b.webp"), "{places:?}");
    assert!(
        places[1].contains("our-group/prompts") && places[1].contains("images/part-000007.zip"),
        "{places:?}"
    );
    assert_eq!(images.candidates(["7", "../x"]), None, "no value leads elsewhere");
    assert_eq!(catalogue.table("two").map(|table| table.files.len()), Some(2));
    assert_eq!(
        catalogue.origins,
        [
            "https://mirror.example.org",
            "https://thumbs.example.org",
            "https://data.example.org:8443",
            "http://data.lan"
        ]
    );
}

const DESCRIBED: &str = r#"{
  "datasets": [
    {
      "name": "Our prompts",
      "about": ["What we asked for.", "In 2025."],
      "row": "One image.",
      "licence": { "name": "CC BY 4.0" },
      "links": [{ "name": "Paper", "link": "https://example.org/paper" }],
      "cite": "@misc{ours,\n  title = {Ours}\n}",
      "limits": ["Few people."],
      "privacy": "No names.",
      "columns": [
        { "name": "caption", "title": "prompt", "about": "What was asked for.", "role": "prompt", "in_table": true, "order": 5 },
        {
          "name": "method", "title": "sampler", "categorical": true,
          "labels": [{ "value": -1, "label": "none" }, { "value": 2, "label": "euler" }],
          "detached": { "value": 99, "label": "not said" }, "unit": "x", "nobody": "gone", "order": 10, "table_order": 90
        }
      ],
      "subsets": [
        { "name": "tiny", "title": "the first ten", "tables": ["ours"], "first": 10, "images": "10 images" },
        { "name": "some", "tables": ["ours"], "random": 100, "seed": 3 }
      ]
    }
  ],
  "tables": [
    {
      "id": "ours", "title": "Ours", "file": "data/ours.parquet", "dataset": "Our prompts", "rows_are": "images",
      "facts": [{ "name": "Images", "value": "120 K" }], "roles": { "sampler": "method" }
    }
  ]
}"#;

#[test]
fn what_a_dataset_is_and_means_is_read() {
    let (catalogue, problems) = read(DESCRIBED);
    assert_eq!(problems, []);
    let ours = catalogue.table("ours").expect("a table");
    assert_eq!(ours.roles.get(&Role::Prompt), Some(&Some("caption".to_owned())), "by its column");
    assert_eq!(ours.roles.get(&Role::Sampler), Some(&Some("method".to_owned())), "by the table");
    assert_eq!(ours.row_noun.as_deref(), Some("images"));
    assert_eq!(ours.facts, [("Images".to_owned(), "120 K".to_owned())]);
    let Dataset { about, columns, subsets } = &**ours.dataset.as_ref().expect("a dataset");
    assert_eq!((about.what.len(), about.limits.len(), about.links.len()), (2, 1, 1));
    assert_eq!(about.bibtex, "@misc{ours,\n  title = {Ours}\n}");
    assert_eq!(about.licence, Some(("CC BY 4.0".into(), None)));
    let [caption, method] = &columns[..] else { panic!("{columns:?}") };
    assert_eq!(
        (&*caption.title, caption.order, caption.table_order, caption.in_table),
        ("prompt", 5, 5, true)
    );
    assert_eq!((&*method.title, method.table_order, &*method.nobody), ("sampler", 90, "gone"));
    assert_eq!(method.labels[..], [(-1, "none".into()), (2, "euler".into())]);
    assert_eq!(method.detached, Some((99.0, "not said".into())));
    assert_eq!(
        subsets.iter().map(|subset| subset.rows).collect::<Vec<_>>(),
        [SubsetRows::First(10), SubsetRows::Random { rows: 100, seed: 3 }]
    );
    assert_eq!(catalogue.subset("tiny").map(|subset| &*subset.title), Some("the first ten"));

    // A link may name its subsets, and none that nobody has.
    let link = |query: &str| parse_with(query, &|name| catalogue.subset(name).is_some());
    assert_eq!(link("subset=tiny").0.subset, Some(Subset::Named("tiny".to_owned())));
    assert_eq!(link("subset=huge").1.len(), 1);

    // What its columns mean counts, although the catalogue has a table with columns of these names.
    let described = Described::keep(columns.clone(), subsets.clone());
    let facts = Facts::of(["caption", "method"].into_iter(), false, &[], described);
    assert_eq!((facts.title("method"), facts.label("method", 2.0)), ("sampler", Some("euler")));
    assert_eq!(Subset::Named("tiny".to_owned()).rows(&facts), Some(SubsetRows::First(10)));
}

#[test]
fn mistakes_in_a_dataset_are_told() {
    let of = |entries: &str| format!("{{ \"datasets\": [\n{{ \"name\": \"D\", {entries} }}] }}");
    check(
        &of("\"columns\": [{ \"title\": \"x\" }]"),
        &[
            "catalog.json, line 2, datasets[0].columns[0]: it has no name. Add \"name\": the column's name in the file.",
        ],
    );
    check(
        &of("\"columns\": [{ \"name\": \"x\", \"role\": \"promt\" }]"),
        &[
            "catalog.json, line 2, datasets[0].columns[0].role: “promt” is no role. The roles are prompt, cfg, step, sampler, seed, image, user, time, nsfw-image, nsfw-prompt, group, rank, rating, alignment, fidelity, category, amount, image-name, image-path, part, width, height, score, image-a, image-b, preference, annotator, text.",
        ],
    );
    check(
        &of("\"subsets\": [{ \"name\": \"x y\", \"first\": 1 }, { \"name\": \"z\" }]"),
        &[
            "catalog.json, line 2, datasets[0].subsets[0].name: “x y” can't be its name. Use letters, digits, dashes, dots, and no name of a subset of the app.",
            "catalog.json, line 2, datasets[0].subsets[1]: it does not say which rows it has. Give one of \"first\", \"random\" (with \"seed\") and \"shards\": a number of each.",
        ],
    );
    check(
        &of("\"about\": \"x\", \"homepage\": 1"),
        &[
            "catalog.json, line 2, datasets[0].about: it is a text. Make it a list: [ … ].",
            "catalog.json, line 2, datasets[0]: the key “homepage” is not known. It may hold name, links, about, row, licence, cite, limits, privacy, report, columns, subsets.",
        ],
    );
    check(
        &with("\"file\": \"a.parquet\", \"dataset\": \"None\""),
        &[
            "catalog.json, line 4, tables[0].dataset: there is no dataset “None”. Describe it in the list \"datasets\".",
        ],
    );
}

/// The app's own catalogue is in the schema that a host's file has.
#[test]
fn what_the_app_describes_a_host_could_describe() {
    let (own, problems) = read(include_str!("../catalog/catalog.json"));
    // Its ids are taken, by itself; files and names of roles are the app's alone.
    let known = |problem: &Problem| {
        let taken = problem.what.contains("of its own") || problem.what.contains("can't be its name");
        taken || ["“roles”", "“also”"].iter().any(|key| problem.what.contains(key))
    };
    let other: Vec<_> = problems.iter().filter(|problem| !known(problem)).map(ToString::to_string).collect();
    assert_eq!(other, [] as [String; 0]);
    assert!(own.tables.is_empty());
}

#[test]
fn mistakes_are_told_with_their_place_and_what_to_do() {
    check(&with("\"file\": \"a.parquet\""), &[]);
    check(
        &with("\"file\": \"a.parquet\", \"titel\": \"x\""),
        &["catalog.json, line 4, tables[0]: the key “titel” is not known. Did you mean “title”?"],
    );
    check(
        &with("\"files\": []"),
        &["catalog.json, line 4, tables[0].files: it has 0 files. A table is made of one to 1000 files."],
    );
    check(
        &with("\"rows\": 5"),
        &[
            "catalog.json, line 3, tables[0]: it names no file. Add \"file\". Write hf:owner/name/path.parquet, an https address, or a path beside the app.",
        ],
    );
    check(
        &with("\"file\": \"a.parquet\", \"roles\": { \"prmpt\": \"x\" }"),
        &[
            "catalog.json, line 4, tables[0].roles: “prmpt” is no role. The roles are prompt, cfg, step, sampler, seed, image, user, time, nsfw-image, nsfw-prompt, group, rank, rating, alignment, fidelity, category, amount, image-name, image-path, part, width, height, score, image-a, image-b, preference, annotator, text.",
        ],
    );
    check(
        "{\"tables\": [\n{\"id\": \"diffusiondb-2m\", \"title\": \"x\", \"file\": \"a\"}]}",
        &[
            "catalog.json, line 2, tables[0].id: the app has a table “diffusiondb-2m” of its own. Choose another id.",
        ],
    );
    check(
        "{\n\"endpoint\": \"https://hub.example.org/path\"}",
        &[
            "catalog.json, line 2, endpoint: it has more than a scheme, a host and a port. Write https://hub.example.org.",
        ],
    );
    check(
        "{\n  \"tables\": [\n  ],\n}",
        &[
            "catalog.json, line 4: it is no JSON: a key in quotes is missing; the last one of an object has no comma behind it. Mend this line; nothing of the file counts until then.",
        ],
    );
    check("[]", &["catalog.json, line 1: it is a list. Make it an object: { … }."]);
    check(
        &with("\"file\": \"a.parquet\", \"images\": { \"zip\": \"a.zip\" }"),
        &[
            "catalog.json, line 4, tables[0].images.zip: the archive is named, and not which member of it. As in \"zip\": \"images/part-{part_id:06}.zip\", \"member\": \"{image_name}\".",
        ],
    );
}

#[test]
fn the_rest_stays_where_a_table_is_wrong() {
    let text = r#"{ "title": "T", "tables": [
        { "id": "a", "title": "A" },
        { "id": "b", "title": "B", "file": "b.parquet", "extra": 1 },
        { "id": "b", "title": "C", "file": "c.parquet" },
        7 ] }"#;
    let (catalogue, problems) = read(text);
    assert_eq!(catalogue.title.as_deref(), Some("T"));
    let ids: Vec<&str> = catalogue.tables.iter().map(|table| table.title.as_str()).collect();
    assert_eq!(ids, ["B"], "{problems:?}");
    assert_eq!(problems.len(), 4, "{problems:?}");
}

#[test]
fn hostile_values_are_refused() {
    for file in [
        "javascript:alert(1)",
        "data:text/html,x",
        "file:///etc/passwd",
        "ftp://example.org/a.parquet",
        "//example.org/a.parquet",
        "../secret.parquet",
        "/etc/passwd",
        "a/../../b.parquet",
        "https://user:password@example.org/a.parquet",
        "https://exa mple.org/a.parquet",
        "https://example.org\\\\@evil.org/a.parquet",
        "hf:../../x",
        "hf:owner/name",
    ] {
        let (catalogue, problems) = read(&with(&format!("\"file\": \"{file}\"")));
        assert_eq!(catalogue.tables, [], "{file}");
        assert_eq!(problems.len(), 1, "{file} {problems:?}");
        assert_eq!(catalogue.origins, Vec::<String>::new(), "{file}");
    }
    for link in ["javascript:alert(1)", "data:,x", "vbscript:x", " javascript:x", "blob:x"] {
        let (catalogue, problems) = read(&with(&format!("\"file\": \"a\", \"link\": \"{link}\"")));
        assert_eq!(catalogue.tables[0].link, None, "{link}");
        assert_eq!(problems.len(), 1, "{link}");
    }
    // What would turn or hide the text around it.
    for title in ["a\\u202eb", "a\\u0000b", "\\u200b", "a\\nb"] {
        assert_eq!(read(&format!("{{\"title\": \"{title}\"}}")).0.title, None, "{title}");
    }
    assert_eq!(problems(&"[".repeat(100_000)).len(), 1);
    assert_eq!(problems(&" ".repeat(2 << 20)).len(), 1);
}

const PAGE: &str = "<head><meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; connect-src 'self' https: http://127.0.0.1:*; base-uri 'none'\"><meta name=\"vitrine-catalog\" content=\"./catalog.json\"><title>V</title></head>";

#[test]
fn the_policy_allows_what_is_named_and_nothing_else() {
    let origins = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
    let named = origins(&["https://a.org", "http://data.lan:8080", "http://127.0.0.1:9000"]);
    let page = policy::page(PAGE, Some(&named)).expect("a page");
    assert!(
        page.contains("connect-src 'self' https: http://127.0.0.1:* http://data.lan:8080; base-uri"),
        "{page}"
    );
    assert!(page.contains("<meta name=\"vitrine-catalog\" content=\"./catalog.json\""), "{page}");
    // Another catalogue takes its place, and none takes it away.
    let other = policy::page(&page, Some(&origins(&["http://other.lan"]))).expect("a page");
    assert!(other.contains("http://other.lan;") && !other.contains("data.lan"), "{other}");
    assert_eq!(policy::page(&other, None).expect("a page"), PAGE);
    assert_eq!(policy::page(PAGE, None).expect("a page"), PAGE);
    let hostile = origins(&["http://x.lan; script-src *", "http://y.lan\"><script>"]);
    let page = policy::page(PAGE, Some(&hostile)).expect("a page");
    assert!(!page.contains("script"), "{page}");
    assert!(policy::page("<head></head>", Some(&[])).is_err());
    assert_eq!(read(super::EMPTY), (super::Catalogue::default(), Vec::new()));

    let rules = "default-src 'none'; connect-src 'self' https: http://127.0.0.1:* http://data.lan";
    for allowed in ["https://a.org", "http://127.0.0.1", "http://127.0.0.1:80", "http://data.lan"] {
        assert!(policy::allows(rules, allowed), "{allowed}");
    }
    for refused in ["http://a.org", "http://data.lan:81", "http://127.0.0.1.evil.org", "http://[::1]:80"] {
        assert!(!policy::allows(rules, refused), "{refused}");
    }
    assert!(!policy::allows("default-src 'none'", "https://a.org"));
    assert!(policy::allows("script-src 'self'", "https://a.org"));
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(Into::into),
        any::<i32>().prop_map(Into::into),
        (-1e6..1e6f64).prop_map(Into::into),
        any::<String>().prop_map(Into::into),
        "(id|title|file|hf:a/b/c.parquet|https://a.org/x|\\{a\\}\\.zip)".prop_map(Into::into),
    ];
    leaf.prop_recursive(4, 40, 5, |inner| {
        let key = prop_oneof![
            "(title|description|endpoint|thumbnails|tables|id|file|files|bytes|rows|roles|images|zip|member|thumbnail|licence|link|prompt)",
            any::<String>()
        ];
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Into::into),
            prop::collection::vec((key, inner), 0..6)
                .prop_map(|entries| serde_json::Value::Object(entries.into_iter().collect())),
        ]
    })
}

fn same(own: &Value, theirs: &serde_json::Value) -> bool {
    match own {
        Value::Null => theirs.is_null(),
        Value::Bool(value) => theirs.as_bool() == Some(*value),
        Value::Number(value) => theirs.as_f64() == Some(*value),
        Value::Text(text) => theirs.as_str() == Some(text),
        Value::List(items) => theirs.as_array().is_some_and(|theirs| {
            theirs.len() == items.len()
                && items.iter().zip(theirs).all(|(own, theirs)| same(&own.value, theirs))
        }),
        Value::Map(entries) => theirs.as_object().is_some_and(|theirs| {
            theirs.len() == entries.len()
                && entries
                    .iter()
                    .all(|(key, own)| theirs.get(key).is_some_and(|theirs| same(&own.value, theirs)))
        }),
    }
}

proptest! {
    #[test]
    fn any_json_is_read_as_others_read_it(value in value(), pretty in any::<bool>()) {
        let text = if pretty { serde_json::to_string_pretty(&value) } else { serde_json::to_string(&value) }.unwrap();
        let own = json::parse(&text).unwrap();
        prop_assert!(same(&own.value, &value), "{text}");
        let _ = read(&text);
    }

    #[test]
    fn any_text_is_read_or_refused(text in "[\\[\\]{}:,\"\\\\a-z0-9 .\\n-]{0,60}|\\PC{0,60}") {
        let ours = json::parse(&text);
        let theirs = serde_json::from_str::<serde_json::Value>(&text);
        match (&ours, &theirs) {
            (Ok(own), Ok(theirs)) => {
                // A key that is given twice is kept twice here.
                prop_assert!(text.matches('"').count() > 6 || same(&own.value, theirs), "{text}");
            }
            (Err(_), Err(_)) => {}
            _ => prop_assert!(text.starts_with('\u{feff}'), "{text:?} {ours:?} {theirs:?}"),
        }
        let (catalogue, problems) = read(&text);
        prop_assert!(problems.len() <= 50);
        prop_assert!(catalogue.tables.is_empty() || !text.is_empty());
    }

    #[test]
    fn whatever_is_named_has_a_sound_origin(file in "[hf:tps/]{0,8}[a-z.@:/\\\\%?#\\[\\]{} -]{0,30}") {
        let text = serde_json::json!({ "tables": [{ "id": "a", "title": "A", "file": file, "link": file,
            "images": { "zip": file, "member": "{x}", "thumbnail": file } }] }).to_string();
        let (catalogue, _) = read(&text);
        for origin in &catalogue.origins {
            prop_assert!(origin.starts_with("https://") || origin.starts_with("http://"), "{origin}");
            prop_assert!(!origin.contains(['"', '\'', ';', ' ', '<', '@', '*', '{']), "{origin}");
        }
        for table in &catalogue.tables {
            let link = table.link.as_deref().unwrap_or("https://");
            prop_assert!(link.to_ascii_lowercase().starts_with("https://") || link.to_ascii_lowercase().starts_with("http://"));
        }
    }
}
