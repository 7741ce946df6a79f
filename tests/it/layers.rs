//! Which floor may know which, read from the sources: `docs/architecture.md` has the table these tests hold the code to.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use rstest::rstest;

/// Every floor with what it may name. `cli` may know all.
const FLOORS: &[(&str, &[&str])] = &[
    ("diagnostic", &[]),
    ("protocol", &[]),
    ("judge", &["protocol"]),
    ("reference", &["protocol", "diagnostic"]),
    ("transport", &["protocol"]),
    ("harness", &["transport", "reference", "judge", "protocol", "diagnostic"]),
    ("feature", &["harness", "judge", "reference", "protocol", "diagnostic"]),
    ("report", &["judge", "protocol", "diagnostic"]),
    ("cli", &["feature", "report", "harness", "transport", "reference", "judge", "protocol", "diagnostic"]),
];

/// Floors without I/O, clock or randomness.
const PURE: &[&str] = &["diagnostic", "protocol", "judge", "reference"];

/// Rooms of an impure floor that are pure: the client, and the witness's half of the dialogue.
const PURE_ROOMS: &[&str] = &["harness/client", "harness/witness/inspect", "harness/witness/receiver"];

/// Names that only an impure floor may write. `HashMap` and `HashSet` are seeded at random.
const IMPURE: &[&str] = &[
    "tokio",
    "async_std",
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "std::net::*",
    "std::time::*",
    "std::*",
    "Instant",
    "SystemTime",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "stdin(",
    "stdout(",
    "stderr(",
    "println!",
    "eprintln!",
    "rand::",
    "getrandom",
    "RandomState",
    "HashMap",
    "HashSet",
];

/// A source file: its floor, its place, its code without comments, strings and unit tests.
struct Source {
    floor: String,
    path: PathBuf,
    modules: Vec<String>,
    code: String,
}

fn sources() -> Vec<Source> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut found = Vec::new();
    collect(&root, &root, &mut found);
    found.sort_by(|one, other| one.path.cmp(&other.path));
    found
}

fn collect(root: &Path, folder: &Path, found: &mut Vec<Source>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            if path.file_name().unwrap() != "tests" {
                collect(root, &path, found);
            }
            continue;
        }
        let place = path.strip_prefix(root).unwrap().to_path_buf();
        let modules: Vec<String> = place
            .with_extension("")
            .components()
            .map(|component| component.as_os_str().to_string_lossy().into_owned())
            .collect();
        let is_test = modules.last().is_some_and(|name| name == "tests" || name.ends_with("_tests"));
        if path.extension().is_none_or(|extension| extension != "rs") || is_test || modules[0] == "main" {
            continue;
        }
        let code = without_comments_strings_and_tests(&fs::read_to_string(&path).unwrap());
        found.push(Source { floor: modules[0].clone(), path: place, modules, code });
    }
}

/// Leaves the code: a comment or a string may name what it likes, and a unit test may use what a test needs.
fn without_comments_strings_and_tests(text: &str) -> String {
    let text = without_test_modules(text);
    let text = text.as_str();
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        if rest.starts_with("//") {
            rest = rest.find('\n').map_or("", |end| &rest[end..]);
        } else if first == '"' {
            let mut escaped = false;
            let end = rest[1..].find(|c: char| {
                let ends = c == '"' && !escaped;
                escaped = c == '\\' && !escaped;
                ends
            });
            rest = end.map_or("", |end| &rest[end + 2..]);
        } else if rest.starts_with("'\"'") {
            rest = &rest[3..];
        } else {
            code.push(first);
            rest = &rest[first.len_utf8()..];
        }
    }
    code
}

/// Takes out `#[cfg(test)] mod x;` and, to its closing brace at the same depth, `#[cfg(test)] mod x { … }`.
fn without_test_modules(text: &str) -> String {
    let mut kept = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once("#[cfg(test)]\n") {
        kept.push_str(before);
        let indentation = behind.len() - behind.trim_start_matches(' ').len();
        let item = &behind[indentation..];
        let is_module =
            ["mod ", "pub mod ", "pub(crate) mod ", "pub(super) mod "].iter().any(|head| item.starts_with(head));
        let first_line = item.lines().next().unwrap_or_default();
        rest = if !is_module {
            behind
        } else if first_line.ends_with(';') {
            &item[first_line.len()..]
        } else {
            let close = format!("\n{}}}", " ".repeat(indentation));
            item.find(&close).map_or("", |end| &item[end + close.len()..])
        };
    }
    kept.push_str(rest);
    kept
}

/// The floors a source names, by `crate::floor`, `crate::{floor::…}` or a `super` that reaches the root.
fn named_floors(source: &Source) -> BTreeSet<String> {
    let mut named = BTreeSet::new();
    let at_root = "super::".repeat(source.modules.len());
    for prefix in ["crate::", at_root.as_str()] {
        for (at, _) in source.code.match_indices(prefix) {
            let before = source.code[..at].chars().next_back();
            if before.is_some_and(|c| c == ':' || c == '_' || c == '$' || c.is_alphanumeric()) {
                continue;
            }
            let rest = &source.code[at + prefix.len()..];
            if let Some(group) = rest.strip_prefix('{') {
                named.extend(heads_of(group));
            } else {
                named.insert(identifier(rest));
            }
        }
    }
    named.retain(|name| !name.is_empty());
    named
}

fn identifier(text: &str) -> String {
    if text.starts_with('*') {
        return "*".to_owned();
    }
    text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect()
}

/// The first names of a `{a::b, c::{d, e}}` group, given from behind its opening brace.
fn heads_of(group: &str) -> Vec<String> {
    let mut heads = Vec::new();
    let mut depth = 0_u32;
    let mut expect_head = true;
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => expect_head = true,
            _ if expect_head && !c.is_whitespace() => {
                heads.push(identifier(&group[at..]));
                expect_head = false;
            }
            _ => {}
        }
    }
    heads
}

#[test]
fn every_floor_is_in_the_table() {
    let known: BTreeSet<&str> = FLOORS.iter().map(|(floor, _)| *floor).collect();
    for source in sources().iter().filter(|source| source.floor != "lib") {
        assert!(known.contains(source.floor.as_str()), "{} is on no floor of the table", source.path.display());
    }
}

#[test]
fn no_floor_names_one_it_may_not_know() {
    let mut wrong = Vec::new();
    for source in sources() {
        let Some((_, may_know)) = FLOORS.iter().find(|(floor, _)| *floor == source.floor) else { continue };
        for named in named_floors(&source) {
            let is_floor = FLOORS.iter().any(|(floor, _)| *floor == named);
            if is_floor && named != source.floor && !may_know.contains(&named.as_str()) {
                wrong.push(format!("src/{} names `{named}`", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn pure_floors_name_no_io_clock_or_randomness() {
    let mut wrong = Vec::new();
    let is_pure = |source: &&Source| {
        let room = source.modules.join("/");
        let in_room = |pure: &&str| room == **pure || room.starts_with(&format!("{pure}/"));
        PURE.contains(&source.floor.as_str()) || PURE_ROOMS.iter().any(in_room)
    };
    for room in PURE_ROOMS {
        assert!(sources().iter().any(|source| source.modules.join("/") == *room), "there is no room {room}");
    }
    for source in sources().iter().filter(is_pure) {
        let code = with_groups_written_out(&source.code, "std::");
        for name in IMPURE {
            if names(&code, name) {
                wrong.push(format!("src/{} names `{name}`", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// `std::{env, fs}` becomes `std::env std::fs` behind the code, so that a name is found however it is imported.
fn with_groups_written_out(code: &str, head: &str) -> String {
    let opening = format!("{head}{{");
    let groups = code.match_indices(&opening).map(|(at, opening)| heads_of(&code[at + opening.len()..]));
    let written_out: Vec<String> = groups.flatten().map(|name| format!("{head}{name}")).collect();
    format!("{code}\n{}", written_out.join(" "))
}

/// The client and the feature floor's engine aside, only `transport` opens sockets.
#[test]
fn only_transport_opens_sockets() {
    let mut wrong = Vec::new();
    for source in sources().iter().filter(|source| source.floor != "transport") {
        for name in ["TcpStream::connect", "TcpListener::bind", "TcpSocket"] {
            if source.code.contains(name) {
                wrong.push(format!("src/{} names `{name}`", source.path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn only_the_feature_floor_knows_the_engine() {
    for source in sources().iter().filter(|source| source.floor != "feature") {
        assert!(!names(&source.code, "cucumber"), "src/{} names `cucumber`", source.path.display());
    }
}

/// The bulletin is read against identity alone, the model runs on behaviours alone.
#[rstest]
#[case("bulletin", &["behaviours", "Behaviours", "facts", "Facts", "model", "catalogue"])]
#[case("model", &["bulletin", "deployment::identity", "identity::", "System", "HostIdentity", "ListenerIdentity", "ProductId", "PatchId", "ServiceState", "catalogue", "Deployment"])]
fn the_two_sources_do_not_see_each_other(#[case] room: &str, #[case] forbidden: &[&str]) {
    let mut seen = 0;
    for source in sources() {
        if source.floor != "reference" || source.modules.get(1).is_none_or(|module| module != room) {
            continue;
        }
        seen += 1;
        let code = with_groups_written_out(&source.code, "deployment::");
        for name in forbidden {
            assert!(!names(&code, name), "src/{} names `{name}`", source.path.display());
        }
    }
    assert!(seen > 0, "no source of `{room}` was read");
}

/// Whether the code has the name as a whole word, or a longer thing (`println!`, `std::fs`) as it stands.
fn names(code: &str, name: &str) -> bool {
    code.match_indices(name).any(|(at, _)| {
        let before = code[..at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        let part_of_word = |c: Option<char>| c.is_some_and(|c| c.is_alphanumeric() || c == '_');
        let ends_in_word = name.chars().next_back().is_some_and(|c| c.is_alphanumeric());
        !(part_of_word(before) || ends_in_word && part_of_word(after))
    })
}

/// The reader above can see a wrong import in each of the forms Rust has for it.
#[rstest]
#[case::path("fn f() { crate::harness::x(); }", &["harness"])]
#[case::import("use crate::harness::Bench;", &["harness"])]
#[case::group("use crate::{judge::{Role, Verdict}, protocol::wire};", &["judge", "protocol"])]
#[case::by_super("use super::super::harness::Bench;", &["harness"])]
#[case::comment("// use crate::harness::Bench;\n", &[])]
#[case::string("let x = \"crate::harness\";", &[])]
#[case::test("#[cfg(test)]\nmod tests {\n    use crate::harness::Bench;\n}\n", &[])]
#[case::behind_a_test_module("#[cfg(test)]\nmod tests;\nuse crate::harness::Bench;\n", &["harness"])]
#[case::behind_a_test("#[cfg(test)]\nmod tests {\n    fn f() {}\n}\nuse crate::harness::Bench;\n", &["harness"])]
fn imports_are_seen(#[case] text: &str, #[case] expected: &[&str]) {
    let source = Source {
        floor: "judge".to_owned(),
        path: PathBuf::from("judge/verdict.rs"),
        modules: vec!["judge".to_owned(), "verdict".to_owned()],
        code: without_comments_strings_and_tests(text),
    };
    assert_eq!(named_floors(&source), expected.iter().map(|name| (*name).to_owned()).collect());
}

#[test]
fn a_group_of_std_hides_nothing() {
    let code = with_groups_written_out("use std::{collections::BTreeMap, env, fs::File};", "std::");
    assert!(names(&code, "std::env") && names(&code, "std::fs") && !names(&code, "std::process"));
    assert!(names("use std::net::*;", "std::net::*") && names("use std::io::{self, Write};", "std::io"));
}

/// No key of the scenario files says what comes out: what a server does follows from its parts, what the bulletin says
/// of it from its identity.
#[test]
fn no_scenario_key_names_an_outcome() {
    const OUTCOMES: &[&str] =
        &["relays", "relayed", "affected", "vulnerable", "safe", "flawed", "exploitable", "verdict"];
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("scenarios");
    let mut files = Vec::new();
    yaml_files(&root, &mut files);
    assert!(!files.is_empty(), "no scenario file was read");
    for file in files.iter().filter(|file| !file.starts_with(root.join("bulletins"))) {
        let value: serde_json::Value = serde_yaml::from_str(&fs::read_to_string(file).unwrap()).unwrap();
        let mut keys = Vec::new();
        keys_of(&value, &mut keys);
        assert!(!keys.is_empty(), "{} has no key", file.display());
        for key in keys {
            let names_outcome = key.split(|c: char| !c.is_alphanumeric()).any(|word| OUTCOMES.contains(&word));
            assert!(!names_outcome, "{}: the key `{key}` names an outcome", file.display());
        }
    }
}

/// All keys of a document, however deep and in whichever style they stand.
fn keys_of(value: &serde_json::Value, keys: &mut Vec<String>) {
    match value {
        serde_json::Value::Object(map) => {
            for (key, value) in map {
                keys.push(key.clone());
                keys_of(value, keys);
            }
        }
        serde_json::Value::Array(values) => values.iter().for_each(|value| keys_of(value, keys)),
        _ => {}
    }
}

fn yaml_files(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = fs::read_dir(folder) else { return };
    for entry in entries {
        let path = entry.unwrap().path();
        if path.is_dir() {
            yaml_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "yaml") {
            found.push(path);
        }
    }
}

/// A module that nobody declares is a test that nobody runs.
#[test]
fn every_test_file_is_a_module_of_the_test_binary() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it");
    let main = fs::read_to_string(folder.join("main.rs")).unwrap();
    let mut seen = 0;
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.file_stem().unwrap().to_string_lossy().into_owned();
        if path.extension().is_some_and(|ending| ending == "rs") && name != "main" {
            assert!(
                main.lines().any(|line| line == format!("mod {name};")),
                "tests/it/main.rs does not declare `{name}`"
            );
            seen += 1;
        }
    }
    assert!(seen > 0, "no test file was read");
}
