#![allow(clippy::unwrap_used, clippy::expect_used, clippy::indexing_slicing, clippy::panic)]

use super::*;
use crate::formats::tabular::reading::{Delimiter, Reading};
use crate::view::join::Join;
use crate::view::like::Like;
use crate::view::phrases::{PhraseList, Unit};
use crate::view::spec::{
    Bound, Clause, HubFolder, HubPath, List, ListValue, Precision, Range, RowQuery, TimeBound,
};
use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;

/// What a link is written as once it was read, and what was said about it.
fn check(query: &str, printed: &str, notices: &[&str]) {
    let (spec, said) = parse(query);
    let said: Vec<_> = said.into_iter().map(|notice| format!("{}: {}", notice.key, notice.message)).collect();
    assert_eq!((print(&spec).as_str(), said), (printed, notices.iter().map(|s| (*s).to_owned()).collect()));
}

/// A link in its canonical form.
fn same(query: &str) {
    check(query, query, &[]);
}

fn filter(query: &str) -> Clause {
    let (spec, notices) = parse(query);
    assert_eq!(notices, []);
    spec.filters.into_iter().next().map(|(_, clause)| clause).expect("a filter")
}

fn list(values: &[&str], negated: bool) -> Clause {
    let values = values.iter().map(|text| ListValue::Text((*text).to_owned())).collect();
    Clause::List(List { values, negated })
}

#[test]
fn a_link_says_what_it_shows() {
    same("");
    same("table=diffusiondb-2m&cfg=7..12&sampler=k_lms,ddim&columns=prompt,cfg,step&row=1234567&embed=1");
    same("table=diffusiondb-2m&endpoint=http://127.0.0.1:8000&timestamp=2022-08-10..2022-08-12T14:05");
    check("?embed=1&row=3&cfg=..2&&table=x&view=table", "table=x&cfg=..2&row=3&embed=1", &[]);
    check("endpoint=https://HuggingFace.co/&embed=0&__theme=dark", "", &[]);
}

#[test]
fn a_link_holds_what_is_asked_of_prompts_and_the_order_of_rows() {
    same("table=diffusiondb-2m&subset=2m_random_10k&q=castle+\"concept art\"+-anime&cfg=7..12&sort=-cfg,step&view=phrases".replace("concept art", "concept+art").as_str());
    same("subset=first:1000&q=a|b");
    check("subset=random:50&q=++&sort=cfg,-cfg", "subset=random:50@0&sort=cfg", &[]);
    let (spec, _) = parse("sort=--x,.-y,-.,z");
    let keys: Vec<_> = spec.sort.iter().map(|key| (key.column.as_str(), key.descending)).collect();
    assert_eq!(keys, [("-x", true), ("-y", false), ("", true), ("z", false)]);
    assert_eq!(print(&spec), "sort=-.-x,.-y,-.,z");
}

#[test]
fn rows_are_pinned_in_the_words_of_a_link() {
    same("table=x&cfg=1..&pin=q=castle%26cfg=7..12&view=differences");
    let (spec, notices) = parse("pin=subset=first:10%26q=big%2Bcastle%26.pin=a%252Bb&embed=1");
    assert_eq!(notices, []);
    let pin = spec.pin.expect("a pin");
    assert_eq!((pin.subset, pin.query.as_deref()), (Some(Subset::First(10)), Some("big castle")));
    assert_eq!(pin.filters.get("pin"), Some(&list(&["a+b"], false)));
    // Nothing that is asked is every row.
    check("pin=&embed=1", "pin=&embed=1", &[]);
    // What is measured is read for the pinned rows too.
    check("pin=words(prompt)=10..", "pin=words(prompt)=10..&add=words(prompt%29", &[]);
}

#[test]
fn what_is_pinned_is_understood_whole_or_left_out() {
    let none = |query: &str, why: &str| check(query, "", &[&format!("pin: nothing is pinned: {why}")]);
    none("pin=cfg", "cfg has no value.");
    none("pin=cfg=1..2%26step=2..1", "step the range begins at 2 and ends before it, at 1.");
    for key in ["pin=pin=pin", "table", "sort"] {
        let named = key.split('=').next().unwrap();
        none(&format!("pin={key}=x"), &format!("{named} says nothing of which rows are meant."));
    }
    none("pin=cfg=1%26cfg=2", "cfg is there more than once; the last one counts.");
    none("pin=%25ff=1", " a key is not UTF-8 text.");
    none("pin=q=%22", "q The quote is not closed.");
    let many = (0..=MAX_FILTERS).map(|n| format!("c{n}=1")).collect::<Vec<_>>().join("%26");
    none(&format!("pin={many}"), " 1 filters were left out: at most 14 columns can be filtered at once.");
    let (spec, _) = parse(&format!("pin={}", "pin=".repeat(MAX_QUERY_BYTES / 4 - 2)));
    assert_eq!(spec.pin, None);
}

#[test]
fn what_is_measured_is_a_column_like_any_other() {
    same("table=x&add=words(prompt),tokens(prompt)&embed=1");
    // What is filtered, sorted or shown is added by that.
    let named = "table=x&words(prompt)=20..&sort=-tokens(prompt)&columns=prompt,parts(prompt)";
    let (spec, _) = parse(named);
    assert_eq!(spec.added, ["words(prompt)", "tokens(prompt)", "parts(prompt)"]);
    check(named, &format!("{named}&add=words(prompt),tokens(prompt),parts(prompt%29"), &[]);
    check(
        "add=words(prompt),sense(x)&embed=1",
        "add=words(prompt)&embed=1",
        &["add: “sense(x)” is not a column that can be added."],
    );
}

#[test]
fn a_file_is_read_as_the_link_says() {
    same("table=x&read=semicolon,no-header");
    same("table=x&read=header");
    check("read=tab,colon", "", &["read: “colon” is no way to read a file."]);
}

#[test]
fn columns_play_parts() {
    same("table=x&roles=prompt:caption,cfg:guidance");
    check("table=x&roles=prompt:", "table=x&roles=prompt%3A", &[]);
    check("roles=prompt,step:a:b", "roles=prompt:,step:a:b", &[]);
    check("roles=cfg:a,hero:b", "roles=cfg:a", &["roles: “hero” is not a part that a column can play."]);
}

#[test]
fn numbers_and_times_are_ranges_only_between_dots() {
    assert_eq!(filter("step=50"), list(&["50"], false));
    assert_eq!(filter("timestamp=2022-08-10"), list(&["2022-08-10"], false));
    let range = |low, high| Clause::Range(Range { low, high });
    let number = |value| Some(Bound::Number(value));
    assert_eq!(filter("cfg=-7.5..1e3"), range(number(-7.5), number(1000.0)));
    assert_eq!(filter("cfg=7.."), range(number(7.0), None));
    assert_eq!(filter("cfg=.."), range(None, None));
    let time = |start_millis, precision| Some(Bound::Time(TimeBound::of_millis(start_millis, precision)));
    assert_eq!(
        filter("t=1970-01-02T03..1970-01-02t03:04:05.120Z"),
        range(time(97_200_000, Precision::Hour), time(97_445_120, Precision::Millisecond))
    );
    assert_eq!(
        filter("t=2022-08-10T14:05..2022-08-10"),
        range(time(1_660_140_300_000, Precision::Minute), time(1_660_089_600_000, Precision::Day))
    );
}

#[test]
fn lists_tell_nulls_words_and_marks_apart() {
    assert_eq!(filter("a=null"), Clause::Null);
    assert_eq!(filter("a=!null"), Clause::NotNull);
    assert_eq!(filter("a=!x,y,x"), list(&["x", "y"], true));
    assert_eq!(filter("a=x,null"), {
        Clause::List(List { values: vec![ListValue::Text("x".to_owned()), ListValue::Null], negated: false })
    });
    assert_eq!(filter("a=null,"), Clause::List(List { values: vec![ListValue::Null], negated: false }));
    assert_eq!(
        filter(r#"a="null","","!x","a,b","1..2","say+""hi""",a"b"#),
        list(&["null", "", "!x", "a,b", "1..2", "say \"hi\"", "a\"b"], false)
    );
    assert_eq!(filter("a=caf%C3%A9+%26+100%25"), list(&["café & 100%"], false));
    assert_eq!(filter("a=b=c"), list(&["b=c"], false));
}

#[test]
fn columns_may_have_the_names_of_other_things() {
    same(".=1&..x=2&__index_level_0__=6&.__theme=7&a%3Db%3F=5&.q=3&.table=4");
    let names: Vec<_> = parse(".table=4&..x=2&.=1").0.filters.keys().cloned().collect();
    assert_eq!(names, ["", ".x", "table"]);
}

#[test]
fn what_is_not_understood_is_told_and_the_rest_counts() {
    check("cfg=12..7&step=50", "step=50", &["cfg: the range begins at 12 and ends before it, at 7."]);
    check(
        "t=2022-08-11..2022-08-10",
        "",
        &["t: the range begins at 2022-08-11 and ends before it, at 2022-08-10."],
    );
    check("t=5..2022-08-10", "", &["t: one end of the range is a number and the other one a time."]);
    check("t=2022-02-30..", "", &["t: “2022-02-30” is neither a number nor a time."]);
    check("cfg=nan..", "", &["cfg: “nan” is neither a number nor a time."]);
    check("cfg=1..2,5", "", &["cfg: the range “1..2” can't be part of a list."]);
    check("cfg=!1..2", "", &["cfg: the range “1..2” can't be negated."]);
    check("a=\"b", "", &["a: a quote is not closed."]);
    check("a=\"b\"c,d", "", &["a: “c,d” stands between a quote and a comma."]);
    check("a", "", &["a: has no value."]);
    check("=1", "", &[": a value stands without a key."]);
    check("a=%ff&b=1", "b=1", &["a: is not UTF-8 text."]);
    check("q=%22castle&step=1", "step=1", &["q: The quote is not closed."]);
    check(
        "subset=some",
        "",
        &["subset: “some” is no subset: first:1000, random:1000@7, or a name of the dataset's card."],
    );
    check("sort=a,b,c,d,e", "sort=a,b,c,d", &["sort: only the first 4 of 5 keys count."]);
    check("view=piano", "", &["view: “piano” is not a view of this version."]);
    check("row=-1", "", &["row: “-1” is not the number of a row."]);
    same("view=phrases&phrases=names,5,searched,count");
    same("view=compare&pairs=judges,rank:2,whole:1,judge:reward,at:3");
    same("view=groups&groups=by:user_name,day:timestamp,median:cfg,share:sampler,is:k_lms,down:3");
    same("view=plot&plot=cfg,step,log");
    same("view=differences&outcome=rank,to:1");
    same("view=differences&outcome=label,is:keep,\"is:a,b\"&embed=1");
    same("pin=cfg=7..&outcome=pinned");
    same("join=hf:o/n/a.parquet,here:id&join=hf:o/n/b.parquet,as:second&embed=1");
    check("join=hf:o/n/a.parquet&join=hf:o/n/a.parquet&join=", "join=hf:o/n/a.parquet", &[]);
    let joins: Vec<_> = (0..9).map(|n| format!("join=hf:o/n/{n}.parquet")).collect();
    check(&joins.join("&"), &joins[..8].join("&"), &["join: only the first 8 files are joined."]);
    check("outcome=words(prompt),from:20", "add=words(prompt)&outcome=words(prompt),from:20", &[]);
    check("plot=words(prompt),step", "add=words(prompt)&plot=words(prompt),step", &[]);
    check("phrases=letters", "", &["phrases: “letters” says nothing of how phrases are listed."]);
    check("view=prompts&like=012", "view=prompts&like=12", &[]);
    check("like=search&view=prompts", "view=prompts&like=search", &[]);
    check("like=-1", "", &["like: “-1” is not the number of a row."]);
    check("embed=2", "", &["embed: “2” is neither 1 nor 0."]);
    check("cfg=1&cfg=2&cfg=3", "cfg=3", &["cfg: is there more than once; the last one counts."]);
}

#[test]
fn a_link_has_limits() {
    let many: Vec<_> = (0..MAX_FILTERS + 3).map(|i| format!("c{i:02}=1")).collect();
    check(
        &many.join("&"),
        &many[..MAX_FILTERS].join("&"),
        &[": 3 filters were left out: at most 14 columns can be filtered at once."],
    );
    let values = |count: usize| (0..count).map(|i| i.to_string()).collect::<Vec<_>>().join(",");
    same(&format!("a={}", values(MAX_LIST_VALUES)));
    check(
        &format!("a={}", values(MAX_LIST_VALUES + 1)),
        "",
        &["a: lists 1001 values; at most 1000 can be listed."],
    );
    check(
        &format!("columns={}", values(MAX_COLUMNS + 1)),
        &format!("columns={}", values(MAX_COLUMNS)),
        &["columns: only the first 200 of 201 columns are shown."],
    );
    check(
        &format!("step=1&a={}", "é".repeat(MAX_QUERY_BYTES)),
        "step=1",
        &[": the link is longer than 64 KB; its end was left out."],
    );
    let bad: Vec<_> = (0..100).map(|i| format!("c{i}=2..1")).collect();
    assert_eq!(parse(&bad.join("&")).1.len(), MAX_NOTICES + 1);
}

#[test]
fn the_last_character_survives_being_pasted_into_a_text() {
    check("cfg=7..", "cfg=7.%2E", &[]);
    check("a=null,", "a=null%2C", &[]);
    check("a=b+", "a=b%20", &[]);
    check("a=wow!", "a=wow%21", &[]);
}

#[test]
fn tables_are_named_in_several_ways() {
    let hub = |revision: &str, path: &str| {
        Ok(TableRef::Hub(HubPath {
            repository: "o/n".to_owned(),
            revision: revision.to_owned(),
            path: path.to_owned(),
        }))
    };
    let folder = |revision: &str, folder: &str| {
        Ok(TableRef::Folder(HubFolder {
            repository: "o/n".to_owned(),
            revision: revision.to_owned(),
            folder: folder.to_owned(),
        }))
    };
    for (text, table) in [
        ("diffusiondb-2m", Ok(TableRef::Catalogue("diffusiondb-2m".to_owned()))),
        ("hf:o/n/a.parquet", hub("main", "a.parquet")),
        ("hf:o/n@main/x/a b.parquet", hub("main", "x/a b.parquet")),
        ("hf:o/n@v1%2F2/a.parquet", hub("v1/2", "a.parquet")),
        ("hf:o/n@refs/convert/parquet/d/0.parquet", hub("refs/convert/parquet", "d/0.parquet")),
        ("hf:o/n@refs%2Fpr%2F1/0.parquet", hub("refs/pr/1", "0.parquet")),
        ("hf://datasets/o/n/a.parquet", hub("main", "a.parquet")),
        ("o/n/x/a.parquet", hub("main", "x/a.parquet")),
        ("https://huggingface.co/datasets/o/n/blob/main/x%20y.parquet", hub("main", "x y.parquet")),
        ("https://huggingface.co/datasets/o/n/resolve/v1/a.parquet?download=true", hub("v1", "a.parquet")),
        ("hf:o/n/x/part-*.parquet", hub("main", "x/part-*.parquet")),
        ("o/n/a.csv", hub("main", "a.csv")),
        ("o/n", folder("main", "")),
        ("hf:o/n/", folder("main", "")),
        ("hf:o/n@v1", folder("v1", "")),
        ("hf:o/n@refs/convert/parquet", folder("refs/convert/parquet", "")),
        ("hf:o/n@refs/convert/parquet/x/y/", folder("refs/convert/parquet", "x/y")),
        ("https://huggingface.co/datasets/o/n", folder("main", "")),
        ("https://huggingface.co/datasets/o/n/viewer/x/train?row=3", folder("main", "")),
        ("https://huggingface.co/datasets/o/n/tree/main", folder("main", "")),
        (
            "https://huggingface.co/datasets/o/n/tree/refs%2Fconvert%2Fparquet/x%20y",
            folder("refs/convert/parquet", "x y"),
        ),
        ("https://Example.org:443/a?b#c", Ok(TableRef::Url("https://example.org/a?b".to_owned()))),
        ("http://[::1]:8000/a", Ok(TableRef::Url("http://[::1]:8000/a".to_owned()))),
    ] {
        assert_eq!(parse_table(text), table, "{text}");
    }
    for text in [
        "",
        " ",
        "a b/c",
        "a/..",
        "o/n/a.docx",
        "hf:o/n//",
        "hf:o/n/a//",
        "hf:o/n@",
        "hf:o/n/../a",
        "hf:o/../a/b",
        "hf:o n/a/b",
        "hf:o/n@/a",
        "hf:o/n@../a",
        "hf:o/n@%2E%2E%2Fx/a",
        "http://example.org/a",
        "ftp://example.org/a",
        "https://u:p@e.org/a",
        "https:///a",
        "https://e.org:0/a",
        "https://e.org:x/a",
        "https://é.org/a",
        "file:///etc",
        "a\nb",
        "http://127.0.0.1.example.org/a",
    ] {
        assert!(parse_table(text).is_err(), "{text}");
    }
}

#[test]
fn an_endpoint_is_an_origin() {
    for endpoint in ["https://hf-mirror.com", "http://localhost:8080", "http://[::1]:1", "http://127.0.0.1"] {
        same(&format!("endpoint={endpoint}"));
    }
    for endpoint in ["http://hf-mirror.com", "https://h/path", "https://h?x", "javascript:alert(1)", "h", ""]
    {
        assert_eq!(parse(&format!("endpoint={endpoint}")).1.len(), 1, "{endpoint}");
    }
}

fn any_name() -> impl Strategy<Value = String> {
    prop_oneof!["[a-z_]{1,12}", ".{0,12}", prop::sample::select(RESERVED).prop_map(str::to_owned)]
}

fn any_time() -> impl Strategy<Value = TimeBound> {
    use Precision::{Day, Hour, Millisecond, Minute, Second};
    let span = prop_oneof![Just(i64::MAX), Just(4_102_444_800_000)];
    (prop::sample::select(vec![Day, Hour, Minute, Second, Millisecond]), any::<i64>(), span).prop_map(
        |(precision, place, span)| {
            let start_millis = (place % span / precision.millis()) * precision.millis();
            TimeBound::of_millis(start_millis, precision)
        },
    )
}

fn any_range() -> impl Strategy<Value = Range> {
    let numbers = (option::of(any::<f64>()), option::of(any::<f64>()))
        .prop_map(|(low, high)| (low.map(Bound::Number), high.map(Bound::Number)));
    let times = (option::of(any_time()), option::of(any_time()))
        .prop_map(|(low, high)| (low.map(Bound::Time), high.map(Bound::Time)));
    prop_oneof![numbers, times].prop_map(|(low, high)| {
        let range = Range { low, high };
        if range.is_crossed() { Range { low: range.high, high: range.low } } else { range }
    })
}

fn any_clause() -> impl Strategy<Value = Clause> {
    let text = prop_oneof![
        ".{0,12}",
        "[a-z0-9.,!\"null ]{0,6}",
        prop::sample::select(vec!["null", "!null", "1..2", "..", ""]).prop_map(str::to_owned)
    ];
    let value = prop_oneof![1 => Just(ListValue::Null), 4 => text.prop_map(ListValue::Text)];
    let list = (vec(value, 0..6), any::<bool>()).prop_map(|(mut values, negated)| {
        let all = values.clone();
        let mut place = 0;
        values.retain(|value| {
            place += 1;
            !all[..place - 1].contains(value)
        });
        Clause::List(List { values, negated })
    });
    prop_oneof![any_range().prop_map(Clause::Range), list, Just(Clause::Null), Just(Clause::NotNull)]
}

fn any_table() -> impl Strategy<Value = TableRef> {
    let revision = prop_oneof!["[a-z0-9%/@é]{1,8}", "refs/(convert|pr)/[a-z%/]{1,6}", "refs", "main"];
    let hub = ("[A-Za-z0-9_-]{1,8}/[A-Za-z0-9_-]{1,8}", revision, "[a-z@%+é]{1,6}(/[ -.0-z]{1,6}x){0,3}")
        .prop_filter_map("an address on the Hub", |(repository, revision, path)| {
            let whole = |text: &str| text.split('/').all(|part| !part.is_empty());
            (whole(&revision) && whole(&path)).then_some(HubPath { repository, revision, path })
        });
    let folder = hub.clone().prop_map(|HubPath { repository, revision, path }| {
        let folder = path.rsplit_once('/').map_or("", |(folder, _)| folder).to_owned();
        TableRef::Folder(HubFolder { repository, revision, folder })
    });
    prop_oneof![
        "[a-z0-9-]{1,20}".prop_map(TableRef::Catalogue),
        hub.prop_map(TableRef::Hub),
        folder,
        "https://[a-z]{1,8}\\.org(:80)?/([!-\"$-~é]{0,20}x)?".prop_map(TableRef::Url),
    ]
}

prop_compose! {
    fn any_spec()(
        table in option::of(any_table()),
        endpoint in option::of("https://[a-z]{1,9}\\.org|http://localhost:8[0-9]{3}"),
        filters in btree_map(any_name(), any_clause(), 0..5),
        columns in option::of(vec(any_name(), 0..5)),
        added in prop::sample::subsequence(vec!["words(prompt)", "tokens(a, b)", "cut_off(é&=)"], 0..=3),
        row in option::of(any::<u64>()),
        at in option::of(1..u64::MAX),
        asked in option::of("[a-zé]{1,6}( \\| [a-z]{1,4}\\*)?( -?\"[a-z&+%]{1,5}( [a-z]{1,5})?\")?"),
        subset in option::of(prop_oneof![
            any::<u64>().prop_map(Subset::First),
            (any::<u64>(), any::<u64>()).prop_map(|(rows, seed)| Subset::Random { rows, seed }),
            Just(Subset::Named("2m_first_1k".to_owned())),
        ]),
        roles in btree_map(
            prop::sample::select(Role::ALL.iter().map(|(role, ..)| *role).collect::<Vec<_>>()),
            option::of(".{1,8}"),
            0..3,
        ),
        delimiter in option::of(prop::sample::select(&Delimiter::ALL)),
        header in option::of(any::<bool>()),
        sort in btree_map(any_name(), any::<bool>(), 0..4),
        view in prop::sample::select(View::ALL),
        phrases in (prop::sample::select(Unit::ALL.map(|(unit, _)| unit).to_vec()), option::of(any::<u32>()), any::<(bool, bool)>()),
        like in option::of(prop_oneof![(0..1_u64 << 53).prop_map(Like::Row), Just(Like::Search)]),
        (groups, plot, outcome, joins) in (
            option::of(vec(any_name(), 1..4)), option::of(vec(any_name(), 1..4)), option::of(vec(any_name(), 1..4)),
            vec(vec(any_name(), 1..4), 0..4).prop_filter("each once, and no link holds a local file", |joins| {
                let is_first = |(n, words)| joins.iter().position(|own| own == words) == Some(n);
                joins.iter().enumerate().all(is_first) && !joins.iter().any(|words| Join::is_local(words))
            })),
        pairs in option::of(vec(any_name(), 1..4)),
        embed in any::<bool>(),
        pin in option::of((
            btree_map(any_name(), any_clause(), 0..4),
            option::of("[a-zé]{1,6}( -?\"[a-z&+%]{1,5}\")?"),
            option::of(any::<u64>().prop_map(Subset::First)),
        )),
    ) -> Spec {
        let sort = sort.into_iter().map(|(column, descending)| SortKey { column, descending }).collect();
        let (unit, least, (with_searched, by_count)) = phrases;
        let phrases = PhraseList { unit, least, with_searched, by_count };
        Spec {
            table,
            endpoint,
            roles: roles.into_iter().collect(),
            reading: Reading { delimiter, header },
            subset,
            query: asked,
            filters: filters.into_iter().collect(),
            pin: pin.map(|(filters, query, subset)| RowQuery {
                subset,
                query,
                filters: filters.into_iter().collect(),
                sort: Vec::new(),
            }),
            sort,
            view,
            columns,
            added: added.into_iter().map(str::to_owned).collect(),
            row,
            at,
            phrases,
            like,
            groups,
            pairs,
            plot,
            outcome,
            joins,
            embed,
        }
    }
}

proptest! {
    #[test]
    fn reading_a_written_link_gives_the_same_view(spec in any_spec()) {
        let link = print(&spec);
        prop_assert_eq!(parse(&link), (spec.clone(), Vec::new()), "{}", link);
        // A browser encodes a few more characters on its way to the address bar.
        let shown = link.replace('"', "%22").replace('\'', "%27");
        prop_assert_eq!(parse(&shown).0, spec);
    }

    #[test]
    fn a_link_is_plain_ascii_without_breaks(spec in any_spec()) {
        let link = print(&spec);
        prop_assert!(link.bytes().all(|byte| byte.is_ascii_graphic() && byte != b'#'), "{}", link);
    }

    #[test]
    fn any_text_can_be_read(query in "\\PC{0,80}|([a-c.]=?[0-9.!,\"nulT:%+-]{0,12}&?){0,8}") {
        let (spec, _) = parse(&query);
        prop_assert_eq!(parse(&print(&spec)), (spec, Vec::new()));
    }

    #[test]
    fn any_table_text_can_be_read(text in "\\PC{0,40}|(hf:|https?://)?[a-z@%/.:]{0,20}(.parquet)?") {
        if let Ok(table) = parse_table(&text) {
            prop_assert_eq!(parse_table(&print_table(&table)), Ok(table));
        }
    }
}
