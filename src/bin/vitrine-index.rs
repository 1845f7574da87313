//! `vitrine-index`: finds out ahead of time where the pages of a parquet file are, for a host to put
//! beside the app, and what its texts are.
//!
//! It reads page headers by range requests, with `curl`, and writes a few kilobytes a file. What is done
//! already and has not changed since is left as it is, so that it goes on where it was stopped.

#[cfg(not(target_arch = "wasm32"))]
#[allow(clippy::print_stdout, reason = "a program that tells what it does")]
mod index {
    mod pages;
    mod text;

    use std::borrow::Cow;
    use std::collections::BTreeMap;
    use std::fs;
    use std::io::{Read, Seek, SeekFrom};
    use std::path::{Path, PathBuf};
    use std::process::Command;
    use vitrine::base::bytes::{ByteRange, human_bytes};
    use vitrine::formats::hub;
    use vitrine::formats::hub::DEFAULT_ENDPOINT;
    use vitrine::formats::maps;
    use vitrine::formats::maps::pack;
    use vitrine::formats::maps::pack::Known;
    use vitrine::formats::maps::{Entry, LIST, List, key, table_file, tag};
    use vitrine::formats::parquet::header::{MAX_HEADER_BYTES, PageHeader};
    use vitrine::formats::parquet::map::PageMap;
    use vitrine::formats::parquet::meta::{FileMeta, Footer, TAIL_BYTES, read_footer};
    use vitrine::formats::zip::directory::Directory;
    use vitrine::formats::zip::end::{Tail, read_end};
    use vitrine::view::catalog;
    use vitrine::view::spec::{HubPath, TableRef};
    use vitrine::view::url::{parse_table, print_table};

    const HELP: &str = "\
vitrine-index --out DIR [--text COLUMN [--at URL] [--most MB]] [--endpoint URL] [--catalogue] [--zips PATTERN FIRST LAST] [TABLE...]

  Writes the page maps of tables into DIR, which becomes the folder maps/ beside the app.

  TABLE          hf:owner/name/path.parquet, an https address, or FILE=TABLE: a file of this
                 machine that holds the same bytes as TABLE
  --catalogue    every table of the catalogue that is one file on the Hub
  --text         an index of the texts of this column as well, for searches: it reads the whole column
  --at URL       where DIR will be as URL/maps/, if not beside the app: only DIR/list.txt has to be there then
  --most MB      an index with which DIR would have more than so many megabytes is not put there
  --zips         directories of archives by number: hf:owner/name/images/part-######.zip 1 2000
  --packs        into how many files those go; as many as archives unless told otherwise
  --endpoint     another Hub than huggingface.co; HF_TOKEN in the environment opens gated files
  --tag ETAG     what the server calls the version of a file that is read on this machine; - for one that is
                 published together with the app, as FILE=ID of the catalogue";

    /// Bytes of one read where pages are small: many come with it.
    const WINDOW_BYTES: u64 = 96 << 10;

    /// Bytes of one read where pages are larger than that: a header mostly fits.
    const PROBE_BYTES: u64 = 1 << 10;

    /// The body of a redirect.
    const MAX_REDIRECT_BYTES: u64 = 64 << 10;

    /// After so many requests it is told how far it is.
    const TELL_REQUESTS: u32 = 64;

    type Result<T> = std::result::Result<T, String>;

    /// Where bytes come from.
    enum Source {
        Web {
            url: String,
            headers: PathBuf,
            token: Option<String>,
            /// Size and tag as the first answer had them.
            version: Option<(String, String)>,
        },
        Disk(fs::File),
    }

    /// What a server says of a file.
    struct About {
        file_bytes: u64,
        etag: String,
    }

    pub fn main() -> Result<()> {
        let mut arguments = std::env::args().skip(1);
        let (mut out, mut endpoint, mut names, mut given_tag) =
            (None, DEFAULT_ENDPOINT.to_owned(), Vec::new(), None);
        let (mut patterns, mut packs) = (Vec::new(), None);
        let mut column = None;
        let (mut place, mut most_bytes) = (None, None);
        while let Some(argument) = arguments.next() {
            let mut value = || arguments.next().ok_or(format!("{argument} needs a value\n{HELP}"));
            match argument.as_str() {
                "--out" => out = Some(PathBuf::from(value()?)),
                "--endpoint" => endpoint = value()?.trim_end_matches('/').to_owned(),
                "--text" => column = Some(value()?),
                "--at" => {
                    let url = value()?;
                    if !url.starts_with("https://") && !url.starts_with("http://") || url.contains(' ') {
                        return Err(format!("{url} is no address"));
                    }
                    place = Some(format!("{}/", url.trim_end_matches('/')));
                }
                "--most" => {
                    let megabytes = value()?;
                    let megabytes =
                        megabytes.parse::<u64>().map_err(|_| format!("{megabytes} is no number"))?;
                    most_bytes = Some(megabytes.saturating_mul(1_000_000));
                }
                "--tag" => given_tag = Some(value()?),
                "--zips" => {
                    let number =
                        |text: String| text.parse::<u32>().map_err(|_| format!("{text} is no number"));
                    patterns.push((value()?, number(value()?)?, number(value()?)?));
                }
                "--packs" => packs = value()?.parse::<u32>().ok().filter(|packs| *packs > 0),
                "--catalogue" => {
                    // Page maps are of one file; tables of several do without.
                    let paths = catalog::TABLES.iter().filter_map(catalog::Table::hub_path);
                    let paths = paths.filter(|path| !path.is_several());
                    names.extend(paths.map(|path| print_table(&TableRef::Hub(path))));
                }
                "--help" | "-h" => {
                    println!("{HELP}");
                    return Ok(());
                }
                name if !name.starts_with("--") => names.push(name.to_owned()),
                other => return Err(format!("{other} is not known\n{HELP}")),
            }
        }
        let out = out.ok_or(HELP)?;
        if names.is_empty() && patterns.is_empty() {
            return Err(HELP.to_owned());
        }
        fs::create_dir_all(&out).map_err(|error| format!("{}: {error}", out.display()))?;
        let mut failed = Vec::new();
        for name in &names {
            let text = column.as_deref().map(|column| (column, place.as_deref(), most_bytes));
            if let Err(error) = table(name, &endpoint, given_tag.as_deref(), text, &out) {
                // The others are done nevertheless.
                println!("{name}: {error}");
                failed.push(name.as_str());
            }
        }
        for (pattern, first, last) in &patterns {
            if let Err(error) = zips(pattern, (*first, *last), packs, &endpoint, &out) {
                println!("{pattern}: {error}");
                failed.push(pattern.as_str());
            }
        }
        if failed.is_empty() { Ok(()) } else { Err(format!("not done: {}", failed.join(", "))) }
    }

    /// Writes the page map of a table, if that has not been done.
    fn table(
        name: &str,
        endpoint: &str,
        given_tag: Option<&str>,
        text: Option<(&str, Option<&str>, Option<u64>)>,
        out: &Path,
    ) -> Result<()> {
        let (file, name) = match name.split_once('=') {
            Some((file, name)) if Path::new(file).is_file() => (Some(file), name),
            _ => (None, name),
        };
        let reference = parse_table(name)?;
        let name = print_table(&reference);
        let url = match &reference {
            TableRef::Hub(path) if !path.is_several() => hub::resolve_url(endpoint, path),
            TableRef::Url(url) => url.clone(),
            // What is published together with the app is a file of this machine.
            TableRef::Catalogue(_) if file.is_some() => String::new(),
            TableRef::Hub(_) | TableRef::Folder(_) => {
                return Err(
                    "several files are one table here, and an index is of one file: name one of them"
                        .to_owned(),
                );
            }
            TableRef::Catalogue(_) | TableRef::Local(_) => {
                return Err("takes hf:owner/name/path.parquet or an https address".to_owned());
            }
        };
        let mut source = match file {
            Some(file) => Source::Disk(fs::File::open(file).map_err(|error| error.to_string())?),
            None => Source::Web {
                url,
                headers: out.join(format!(".headers-{}", std::process::id())),
                token: std::env::var("HF_TOKEN").ok().filter(|_| matches!(reference, TableRef::Hub(_))),
                version: None,
            },
        };
        let mut outcome = walk(&name, &mut source, given_tag, out);
        if let (Ok(()), Some((column, place, most_bytes))) = (&outcome, text) {
            outcome = text::index(&name, &mut source, given_tag, column, place, most_bytes, out);
        }
        if let Source::Web { headers, .. } = &source {
            let _ = fs::remove_file(headers);
        }
        outcome
    }

    fn walk(name: &str, source: &mut Source, given_tag: Option<&str>, out: &Path) -> Result<()> {
        let about = source.about(given_tag)?;
        let list_path = out.join(LIST.trim_start_matches(maps::FOLDER));
        let read_list = || List::parse(&fs::read_to_string(&list_path).unwrap_or_default());
        let path = out.join(table_file(key(name)).trim_start_matches(maps::FOLDER));
        if read_list().table(name, about.file_bytes, Some(&about.etag)).is_some()
            && fs::read(&path).is_ok_and(|bytes| maps::table::is_current(&bytes))
        {
            println!("{name}: done before");
            return Ok(());
        }
        let mut reader = Reader { source, requests: 0, bytes: 0 };
        let meta = reader.footer(about.file_bytes)?;
        // What an earlier run came to, if it was of this version.
        let part = path.with_extension(format!("{}.part", key(&about.etag)));
        let mut all: Vec<Vec<PageMap>> = fs::read(&part)
            .ok()
            .and_then(|bytes| maps::table::read(&bytes, &meta).ok())
            .unwrap_or_else(|| vec![Vec::new(); meta.columns.len()]);
        let chunks = meta.groups.len() * meta.columns.len();
        let mut done = 0;
        let mut told = 0;
        for leaf in 0..meta.columns.len() {
            let Some(own) = all.get_mut(leaf) else { continue };
            for (number, group) in meta.groups.iter().enumerate() {
                let Some(chunk) = group.chunks.get(leaf).copied() else { continue };
                if own.len() <= number {
                    own.push(PageMap::new(chunk, group.rows));
                }
                let Some(map) = own.get_mut(number) else { continue };
                done += 1;
                // Nested columns are read whole row groups at a time.
                let flat = meta.columns.get(leaf).is_some_and(|column| column.flat && column.fault.is_none());
                if flat && !map.is_complete() {
                    let column = meta.columns.get(leaf).map_or("", |column| column.name.as_str());
                    reader.learn(map).map_err(|error| format!("{column}, row group {number}: {error}"))?;
                }
                if reader.requests >= told + TELL_REQUESTS {
                    told = reader.requests;
                    let requests = reader.requests;
                    println!(
                        "{name}: {done} of {chunks} column chunks, {requests} requests, {}",
                        human_bytes(reader.bytes)
                    );
                }
            }
            // So that it can go on from here.
            save(&part, &maps::table::write(&meta, &all))?;
        }
        let bytes = maps::table::write(&meta, &all);
        // What is written is what can be read.
        maps::table::read(&bytes, &meta).map_err(|error| error.to_string())?;
        save(&path, &bytes)?;
        let mut list = read_list();
        list.put(Entry::Table { key: key(name), file_bytes: about.file_bytes, etag: about.etag });
        save(&list_path, list.print().as_bytes())?;
        let _ = fs::remove_file(&part);
        println!(
            "{name}: {} of page maps, by {} requests and {}",
            human_bytes(bytes.len() as u64),
            reader.requests,
            human_bytes(reader.bytes)
        );
        Ok(())
    }

    /// Writes the directories of archives, pack by pack, so that never more than one is in memory.
    fn zips(
        pattern: &str,
        (first, last): (u32, u32),
        packs: Option<u32>,
        endpoint: &str,
        out: &Path,
    ) -> Result<()> {
        // The pattern is no file that ends by .parquet, which is what tables are.
        let text = pattern.strip_prefix("hf:").ok_or("takes hf:owner/name/path-######.zip")?;
        let mut steps = text.splitn(3, '/');
        let (Some(owner), Some(rest), Some(path)) = (steps.next(), steps.next(), steps.next()) else {
            return Err("takes hf:owner/name/path-######.zip".to_owned());
        };
        let (repository, revision) = rest.split_once('@').unwrap_or((rest, "main"));
        let (repository, revision) = (format!("{owner}/{repository}"), revision.to_owned());
        let digits = path.chars().filter(|c| *c == '#').count();
        let run = "#".repeat(digits);
        if digits == 0 || !path.contains(&run) {
            return Err("takes one run of # for the number".to_owned());
        }
        let paths: Vec<String> =
            (first..=last).map(|number| path.replace(&run, &format!("{number:0digits$}"))).collect();
        let list_path = out.join(LIST.trim_start_matches(maps::FOLDER));
        let read_list = || List::parse(&fs::read_to_string(&list_path).unwrap_or_default());
        let own = key(&maps::repository_name(&repository, &revision));
        // The images of a view are of many archives: each is to bring little but its own directory.
        let usual = (paths.len() as u32).max(1);
        let packs = packs.or_else(|| read_list().packs(own)).unwrap_or(usual);
        let (mut total, mut archives, mut requests) = (0, 0, 0);
        for number in 0..packs {
            let file = out.join(maps::pack_file(own, number).trim_start_matches(maps::FOLDER));
            let mut known =
                fs::read(&file).ok().and_then(|bytes| pack::read(&bytes).ok()).unwrap_or_default();
            // One that holds nothing is written as well: it is asked for where other archives are.
            for path in paths.iter().filter(|path| maps::pack_of(path, packs) == number) {
                if known.iter().any(|known| known.path == *path) {
                    continue;
                }
                let file = HubPath {
                    repository: repository.clone(),
                    revision: revision.clone(),
                    path: path.clone(),
                };
                let mut source = Source::Web {
                    url: hub::resolve_url(endpoint, &file),
                    headers: out.join(format!(".headers-{}", std::process::id())),
                    token: std::env::var("HF_TOKEN").ok(),
                    version: None,
                };
                match archive(&mut source, path) {
                    Ok((archive, read)) => {
                        requests += read;
                        known.push(archive);
                    }
                    // Some numbers may be missing.
                    Err(error) => println!("{path}: {error}"),
                }
                if let Source::Web { headers, .. } = &source {
                    let _ = fs::remove_file(headers);
                }
            }
            let bytes = pack::write(&known);
            total += bytes.len() as u64;
            archives += known.len();
            save(&file, &bytes)?;
            println!(
                "{pattern}: pack {} of {packs}, {archives} archives, {}",
                number + 1,
                human_bytes(total)
            );
        }
        let mut list = read_list();
        list.put(Entry::Zips { key: own, packs });
        save(&list_path, list.print().as_bytes())?;
        println!("{pattern}: {archives} directories in {}, by {requests} requests", human_bytes(total));
        Ok(())
    }

    /// The directory of an archive, and how many requests it took.
    fn archive(source: &mut Source, path: &str) -> Result<(Known, u32)> {
        const TAIL: u64 = 128 << 10;
        let told = |error: vitrine::base::error::Error| error.to_string();
        let About { file_bytes, etag } = source.about(None)?;
        let mut requests = 1;
        let mut from = file_bytes.saturating_sub(TAIL);
        loop {
            let tail = source.read(ByteRange::new(from, file_bytes))?;
            requests += 1;
            let end = match read_end(&tail, file_bytes).map_err(told)? {
                Tail::Needs(range) => {
                    from = range.start;
                    continue;
                }
                Tail::End(end) => end,
            };
            let place = end.directory.start.checked_sub(from).zip(end.directory.end.checked_sub(from));
            let Some((start, end_at)) = place else {
                from = end.directory.start;
                continue;
            };
            let bytes = tail.get(start as usize..end_at as usize).unwrap_or_default();
            let directory = Directory::parse(bytes, &end).map_err(told)?;
            return Ok((Known { path: path.to_owned(), file_bytes, etag, directory }, requests));
        }
    }

    /// Writes a file whole or not at all.
    fn save(path: &Path, bytes: &[u8]) -> Result<()> {
        let told = |error: std::io::Error| format!("{}: {error}", path.display());
        let mut aside = path.as_os_str().to_owned();
        aside.push(".new");
        fs::write(&aside, bytes).map_err(told)?;
        fs::rename(&aside, path).map_err(told)
    }

    struct Reader<'a> {
        source: &'a mut Source,
        requests: u32,
        bytes: u64,
    }

    impl Reader<'_> {
        fn read(&mut self, range: ByteRange) -> Result<Vec<u8>> {
            let bytes = self.source.read(range)?;
            if bytes.len() as u64 != range.len() {
                return Err(format!("{} bytes came for {range}", bytes.len()));
            }
            self.requests += 1;
            self.bytes += bytes.len() as u64;
            Ok(bytes)
        }

        fn footer(&mut self, file_bytes: u64) -> Result<FileMeta> {
            let mut tail_bytes = TAIL_BYTES.min(file_bytes);
            loop {
                let tail = self.read(ByteRange::new(file_bytes - tail_bytes, file_bytes))?;
                match read_footer(&tail, file_bytes).map_err(|error| error.to_string())? {
                    Footer::Meta(meta) => return Ok(*meta),
                    Footer::Needs(range) => tail_bytes = range.len(),
                }
            }
        }

        /// Reads the headers of a chunk's pages, one after another.
        fn learn(&mut self, map: &mut PageMap) -> Result<()> {
            let end = map.chunk().range.end;
            let mut window = (0u64, Vec::new());
            while !map.is_complete() {
                let (at, _) = map.frontier();
                let held = at.checked_sub(window.0).and_then(|skip| window.1.get(skip as usize..));
                let parsed = held.filter(|held| !held.is_empty()).map(PageHeader::parse);
                match parsed {
                    Some(Ok(header)) => map.learn(at, &header).map_err(|error| error.to_string())?,
                    // Cut by the window's end, or not in it.
                    Some(Err(_)) if window.0 == at && window.1.len() >= MAX_HEADER_BYTES => {
                        return Err(format!("no page header at byte {at}"));
                    }
                    Some(Err(_)) | None => {
                        let wanted = if window.0 == at {
                            MAX_HEADER_BYTES as u64
                        } else if map.average_page_bytes() > WINDOW_BYTES {
                            PROBE_BYTES
                        } else {
                            WINDOW_BYTES
                        };
                        let range = ByteRange::new(at, (at + wanted).min(end));
                        if window.0 == at && window.1.len() as u64 >= range.len() {
                            return Err(format!("no page header at byte {at}"));
                        }
                        window = (at, self.read(range)?);
                    }
                }
            }
            Ok(())
        }
    }

    impl Source {
        fn about(&mut self, given_tag: Option<&str>) -> Result<About> {
            match self {
                Self::Disk(file) => {
                    let file_bytes = file.metadata().map_err(|error| error.to_string())?.len();
                    let etag = given_tag
                        .ok_or("a file of this machine needs --tag: what its server calls the version")?;
                    Ok(About { file_bytes, etag: tag(etag) })
                }
                Self::Web { .. } => {
                    self.read(ByteRange::new(0, 1))?;
                    let Self::Web { headers, .. } = self else { return Err("no address".to_owned()) };
                    let text = fs::read_to_string(headers).map_err(|error| error.to_string())?;
                    let fields = last_answer(&text);
                    let total =
                        fields.get("content-range").and_then(|range| range.rsplit('/').next()?.parse().ok());
                    let file_bytes = total.ok_or("the server does not answer ranges")?;
                    let etag = fields.get("etag").or_else(|| fields.get("x-linked-etag"));
                    let etag = etag.ok_or(
                        "the server gives the file no tag, so that nothing tells its versions apart",
                    )?;
                    Ok(About { file_bytes, etag: tag(etag) })
                }
            }
        }

        fn read(&mut self, range: ByteRange) -> Result<Vec<u8>> {
            match self {
                Self::Disk(file) => {
                    let told = |error: std::io::Error| error.to_string();
                    file.seek(SeekFrom::Start(range.start)).map_err(told)?;
                    let mut bytes = Vec::new();
                    file.take(range.len()).read_to_end(&mut bytes).map_err(told)?;
                    Ok(bytes)
                }
                Self::Web { url, headers, token, version } => {
                    let mut curl = Command::new("curl");
                    curl.args(["--silent", "--show-error", "--fail", "--location", "--proto", "=http,https"])
                        .args(["--retry", "5", "--retry-connrefused", "--max-time", "300"])
                        .args(["--range", &format!("{}-{}", range.start, range.end.saturating_sub(1))])
                        // A server that ignores the range does not get to send the whole file; redirects
                        // have bodies of their own.
                        .args(["--max-filesize", &(range.len() + MAX_REDIRECT_BYTES).to_string()])
                        .arg("--dump-header")
                        .arg(&*headers)
                        // Taken off where the Hub redirects to its store.
                        .args(token.iter().flat_map(|token| {
                            ["--header".to_owned(), format!("Authorization: Bearer {token}")]
                        }))
                        .arg("--")
                        .arg(&*url);
                    let output = curl.output().map_err(|error| format!("curl can't be started: {error}"))?;
                    if output.status.success() {
                        let text = fs::read_to_string(&*headers).map_err(|error| error.to_string())?;
                        let fields = last_answer(&text);
                        let total = fields.get("content-range").and_then(|range| range.rsplit('/').next());
                        let etag = fields.get("etag").or_else(|| fields.get("x-linked-etag"));
                        let own =
                            (total.unwrap_or_default().to_owned(), tag(etag.map_or("", String::as_str)));
                        if version.get_or_insert_with(|| own.clone()) != &own {
                            return Err("the file changed while it was being read: begin again".to_owned());
                        }
                        return Ok(output.stdout);
                    }
                    let told: Cow<'_, str> = String::from_utf8_lossy(&output.stderr);
                    Err(told.trim().to_owned())
                }
            }
        }
    }

    /// The header fields of the last of several answers, names in lower case.
    fn last_answer(text: &str) -> BTreeMap<String, String> {
        let mut fields = BTreeMap::new();
        for line in text.lines() {
            if line.starts_with("HTTP/") {
                fields.clear();
            } else if let Some((name, value)) = line.split_once(':') {
                fields.insert(name.trim().to_ascii_lowercase(), value.trim().to_owned());
            }
        }
        fields
    }
}

fn main() -> std::process::ExitCode {
    #[cfg(not(target_arch = "wasm32"))]
    if let Err(error) = index::main() {
        #[allow(clippy::print_stderr, reason = "a program that tells what it does")]
        {
            eprintln!("{error}");
        }
        return std::process::ExitCode::FAILURE;
    }
    std::process::ExitCode::SUCCESS
}
