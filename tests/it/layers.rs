//! Which floor may know which, read from the sources: `docs/architecture.md` has the table these tests hold the code to.

mod code;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use regex::Regex;
use rstest::rstest;

use self::code::{Source, sources};

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
const PURE_ROOMS: &[&str] =
    &["harness/client", "harness/witness/channel", "harness/witness/inspect", "harness/witness/receiver"];

/// Names that only an impure floor may write. `HashMap` and `HashSet` are seeded at random; a whole crate or module taken
/// under another name would hide what it is used for.
const IMPURE: &[&str] = &[
    "tokio",
    "async_std",
    "rand",
    "getrandom",
    "std as",
    "std::*",
    "std::fs",
    "std::env",
    "std::process",
    "std::thread",
    "std::io",
    "std::net::*",
    "std::net as",
    "std::time::*",
    "std::time as",
    "Instant",
    "SystemTime",
    "TcpStream",
    "TcpListener",
    "UdpSocket",
    "ToSocketAddrs",
    "stdin",
    "stdout",
    "stderr",
    "print",
    "println",
    "eprint",
    "eprintln",
    "dbg",
    "RandomState",
    "HashMap",
    "HashSet",
    "include_str",
    "include_bytes",
];

/// Rooms of pure floors that have files in them when they are compiled: the data they read.
const DATA: &[(&str, &str)] = &[
    ("reference/bulletin", "\"$CARGO_MANIFEST_DIR/scenarios/bulletins\""),
    ("reference/deployment/catalogue", "\"$CARGO_MANIFEST_DIR/scenarios\""),
];

#[test]
fn every_floor_is_in_the_table() {
    let known: BTreeSet<&str> = FLOORS.iter().map(|(floor, _)| *floor).collect();
    for source in sources().iter().filter(|source| source.floor != "lib") {
        assert!(known.contains(source.floor.as_str()), "{} is on no floor of the table", source.path.display());
    }
}

#[test]
fn no_floor_names_one_it_may_not_know() {
    let wrong: Vec<String> = sources().iter().flat_map(named_in_spite).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// What a source names of other floors although it may not.
fn named_in_spite(source: &Source) -> Vec<String> {
    let Some((_, may_know)) = FLOORS.iter().find(|(floor, _)| *floor == source.floor) else { return Vec::new() };
    let is_wrong = |floor: &str| {
        let is_floor = FLOORS.iter().any(|(known, _)| *known == floor) || floor == "*";
        is_floor && floor != source.floor && !may_know.contains(&floor)
    };
    let floors: BTreeSet<&str> = source.paths.iter().filter_map(|path| head(path.strip_prefix("crate::")?)).collect();
    let wrong = floors.into_iter().filter(|floor| is_wrong(floor));
    wrong.map(|floor| format!("src/{} names `{floor}`", source.path.display())).collect()
}

/// The first segment of a path.
fn head(path: &str) -> Option<&str> {
    path.split([':', ' ']).next()
}

#[test]
fn pure_floors_name_no_io_clock_or_randomness() {
    let is_pure = |source: &&Source| {
        let room = source.room();
        let in_room = |pure: &&str| room == **pure || room.starts_with(&format!("{pure}/"));
        PURE.contains(&source.floor.as_str()) || PURE_ROOMS.iter().any(in_room)
    };
    let sources = sources();
    for room in PURE_ROOMS {
        assert!(sources.iter().any(|source| source.room() == *room), "there is no room {room}");
    }
    let wrong: Vec<String> = sources.iter().filter(is_pure).flat_map(impure_names).collect();
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

fn impure_names(source: &Source) -> Vec<String> {
    let wrong = IMPURE.iter().filter(|name| {
        source.names(name) || source.paths.iter().any(|path| path.starts_with(*name) && name.ends_with(" as"))
    });
    let mut wrong: Vec<String> = wrong.map(|name| format!("src/{} names `{name}`", source.path.display())).collect();
    let room = source.room();
    let data = DATA.iter().find(|(reader, _)| *reader == room).map(|(_, folder)| *folder);
    let folders = || source.strings.iter().filter(|literal| literal.contains("CARGO_MANIFEST_DIR"));
    if source.line.contains("include_dir!(") && data.is_none() || folders().any(|folder| Some(folder.as_str()) != data)
    {
        wrong.push(format!("src/{} reads files that are not its own", source.path.display()));
    }
    wrong
}

/// The client and the feature floor's engine aside, only `transport` opens sockets.
#[test]
fn only_transport_opens_sockets() {
    let sources = sources();
    for source in sources.iter().filter(|source| source.floor != "transport") {
        for name in ["TcpStream::connect", "TcpListener::bind", "TcpSocket"] {
            assert!(!source.names(name), "src/{} names `{name}`", source.path.display());
        }
    }
}

#[test]
fn only_the_feature_floor_knows_the_engine() {
    let sources = sources();
    for source in sources.iter().filter(|source| source.floor != "feature") {
        assert!(!source.names("cucumber"), "src/{} names `cucumber`", source.path.display());
    }
}

/// The two rooms that may not see each other, and what each may know of a deployment: the bulletin is read against
/// identity alone, the model runs on behaviours alone.
const TWO_SOURCES: &[(&str, &[&str])] =
    &[("bulletin", &["identity", "settings"]), ("model", &["behaviours", "facts", "settings"])];

#[test]
fn the_two_sources_do_not_see_each_other() {
    let sources = sources();
    for (room, may_know) in TWO_SOURCES {
        let mut in_room = sources.iter().filter(|source| is_within(source, &format!("reference/{room}"))).peekable();
        assert!(in_room.peek().is_some(), "no source of `{room}` was read");
        let wrong: Vec<String> = in_room.flat_map(|source| seen_of_the_other(source, room, may_know)).collect();
        assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    }
}

fn is_within(source: &Source, room: &str) -> bool {
    let place = source.room();
    place == room || place.starts_with(&format!("{room}/"))
}

fn seen_of_the_other(source: &Source, room: &str, may_know: &[&str]) -> Vec<String> {
    let is_wrong = |path: &&String| {
        let Some(path) = path.strip_prefix("crate::reference") else { return false };
        let segments: Vec<&str> = path.trim_start_matches("::").split("::").collect();
        match segments.as_slice() {
            ["deployment", part, ..] => !may_know.contains(&head(part).unwrap_or_default()),
            [own, ..] => *own != room && *own != "yaml",
            [] => true,
        }
    };
    let wrong = source.paths.iter().filter(is_wrong);
    wrong.map(|path| format!("src/{} names `{path}`", source.path.display())).collect()
}

/// What both rooms may know hands nothing on that only one may.
#[test]
fn what_a_source_may_see_hands_nothing_else_on() {
    let handed_on = Regex::new(r"pub(?:\([^)]*\))? ?use (?:crate|super|self)").unwrap();
    for source in sources() {
        let rooms = ["identity", "behaviours", "facts", "settings"].map(|part| format!("reference/deployment/{part}"));
        if rooms.iter().any(|room| is_within(&source, room)) {
            assert!(!handed_on.is_match(&source.line), "src/{} hands on what is not its own", source.path.display());
        }
    }
}

/// Words that say which product or build this is are for printing. A decision that rests on one would be an `if patched`.
#[test]
fn the_model_decides_nothing_by_a_name() {
    let sources = sources();
    for source in sources.iter().filter(|source| is_within(source, "reference/model")) {
        assert!(!decides_by_a_name(&source.line), "src/{} asks which product or build this is", source.path.display());
    }
}

fn decides_by_a_name(line: &str) -> bool {
    let asked = r"\.(?:version|fact|id)(?:\.(?:as_str|as_ref|as_bytes|clone|to_owned|to_string)\(\))*";
    let question = r"(?:==|!=|\.(?:eq|ne|cmp|starts_with|ends_with|contains|find|rfind|matches|split\w*|strip_\w+|parse|chars|bytes)\()";
    let before = r"(?:==|!=)&*[\w.]*";
    let chosen = r"(?:match|matches!\() ?&*[\w.]*";
    Regex::new(&format!("{asked}{question}|{before}{asked}|{chosen}{asked}")).unwrap().is_match(line)
}

fn read(path: &str, text: &str) -> Source {
    Source::read(Path::new(path), text)
}

/// The reader can see a wrong import in each of the forms Rust has for it.
#[rstest]
#[case::path("fn f() { crate::harness::x(); }", true)]
#[case::import("use crate::harness::Bench;", true)]
#[case::group("use crate::{judge::{Role, Verdict}, harness::Bench};", true)]
#[case::group_of_groups("use crate::{self as all, judge::{self, Role}, harness::{self}};", true)]
#[case::all("use crate::*;", true)]
#[case::by_super("use super::super::harness::Bench;", true)]
#[case::its_own("use crate::{judge::{Role, Verdict}, protocol::wire};", false)]
#[case::within_itself("use super::harness::Bench;", false)]
#[case::macro_input("fn f() { print(format_args!(\"{}\", crate::harness::x())); }", true)]
#[case::comment("// use crate::harness::Bench;\n", false)]
#[case::nested_comment("/* /* use crate::harness::Bench; */ */", false)]
#[case::doc_comment("/// Like `crate::harness::Bench`.\nstruct S;", false)]
#[case::string("const X: &str = \"crate::harness\";", false)]
#[case::behind_a_quote("const X: char = '\\\"'; use crate::harness::Bench; const Y: char = '\"';", true)]
#[case::behind_a_raw_string("const X: &str = r#\"a\" b\"#; use crate::harness::Bench; const Y: &str = \"\";", true)]
#[case::behind_a_lifetime("fn f<'a>(x: &'a str) { crate::harness::x(x); }", true)]
#[case::test("#[cfg(test)]\nmod tests {\n    use crate::harness::Bench;\n}\n", false)]
#[case::test_for_others("#[cfg(test)]\npub(crate) mod tests { use crate::harness::Bench; }\n", false)]
#[case::behind_a_test_module("#[cfg(test)]\nmod tests;\nuse crate::harness::Bench;\n", true)]
#[case::behind_a_test("#[cfg(test)]\nmod tests {\n    fn f() {}\n}\nuse crate::harness::Bench;\n", true)]
#[case::no_module("#[cfg(test)]\nuse crate::harness::Bench;\n", true)]
fn imports_are_seen(#[case] text: &str, #[case] is_wrong: bool) {
    assert_eq!(!named_in_spite(&read("judge/verdict.rs", text)).is_empty(), is_wrong);
}

#[rstest]
#[case::group("use std::{collections::BTreeMap, env, fs::File};", 2)]
#[case::whole("use std::io::{self, Write};", 1)]
#[case::star("use std::net::*;", 1)]
#[case::other_name("use std as s; fn f() { s::fs::read(\"\"); }", 1)]
#[case::other_name_in_a_group("use std::{self as s}; fn f() { s::fs::read(\"\"); }", 1)]
#[case::clock("use std::time::{Duration, Instant};", 1)]
#[case::times("use std::time::Duration; use std::net::IpAddr;", 0)]
#[case::printing("fn f() { println!(\"\"); }", 1)]
#[case::file("const X: &str = include_str!(\"x.yaml\");", 1)]
#[case::folder("static X: Dir<'_> = include_dir!(\"$CARGO_MANIFEST_DIR/scenarios\");", 1)]
fn impurities_are_seen(#[case] text: &str, #[case] expected: usize) {
    let wrong = impure_names(&read("judge/verdict.rs", text));
    assert_eq!(wrong.len(), expected, "{wrong:?}");
}

#[rstest]
#[case::bulletin_of_products("bulletin", "use crate::reference::deployment::product::Product;", true)]
#[case::bulletin_of_files(
    "bulletin",
    "use super::super::deployment::{files::ProductFile, identity::HostIdentity};",
    true
)]
#[case::bulletin_of_a_deployment("bulletin", "use crate::reference::deployment::Deployment;", true)]
#[case::bulletin_of_the_whole("bulletin", "use crate::reference::deployment as d;", true)]
#[case::bulletin_of_the_model("bulletin", "use crate::reference::model::Model;", true)]
#[case::bulletin_of_identity("bulletin", "use crate::reference::deployment::identity::{HostIdentity, PatchId};", false)]
#[case::model_of_files("model", "use crate::reference::deployment::files::deployment_file::DeploymentFile;", true)]
#[case::model_of_identity("model", "use crate::reference::{deployment::identity::PatchId};", true)]
#[case::model_of_all("model", "use crate::reference::deployment::*;", true)]
#[case::model_of_everything("model", "use crate::reference;", true)]
#[case::model_of_behaviours("model", "use crate::reference::deployment::behaviours::Behaviours;", false)]
fn a_look_at_the_other_source_is_seen(#[case] room: &str, #[case] text: &str, #[case] is_wrong: bool) {
    let (_, may_know) = TWO_SOURCES.iter().find(|(name, _)| *name == room).unwrap();
    let source = read(&format!("reference/{room}/rules.rs"), text);
    assert_eq!(!seen_of_the_other(&source, room, may_know).is_empty(), is_wrong);
}

#[rstest]
#[case::build("fn f() { if b.version == \"5.0.2195.4905\" {} }", true)]
#[case::the_other_way("fn f() { if \"5.0\" != self.behaviours.version {} }", true)]
#[case::product("fn f() { b.keywords[0].fact.starts_with(\"windows-2000-smtp/\") }", true)]
#[case::by_match("fn f() { match b.version.as_str() { _ => {} } }", true)]
#[case::printing("fn f() { x.with(Placeholder::Version, &b.version) }", false)]
fn a_decision_by_a_name_is_seen(#[case] text: &str, #[case] is_wrong: bool) {
    assert_eq!(decides_by_a_name(&read("reference/model/x.rs", text).line), is_wrong);
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
