//! The files a user names: read whole, within a limit, as text.

use std::collections::BTreeSet;
use std::fs;
use std::io::{self, Read as _, Write as _};
use std::path::{Path, PathBuf};

use super::exit::Failure;
use crate::diagnostic::{Diagnostic, Excerpt};

/// Octets of one file that are read. The largest built-in file has some tens of thousands.
const MOST: u64 = 16 << 20;

/// Folders below a named folder that are looked into.
const DEEPEST: usize = 32;

/// The text of a file.
///
/// # Errors
/// When it cannot be read, is too large, or is no UTF-8: then with the line of the first octet that is not.
pub(super) fn text(path: &Path) -> Result<String, Failure> {
    let mut bytes = Vec::new();
    fs::File::open(path)
        .and_then(|file| file.take(MOST + 1).read_to_end(&mut bytes))
        .map_err(|error| unreadable(path, &error))?;
    if bytes.len() as u64 > MOST {
        let title = format!("{} has more than {} MiB", path.display(), MOST >> 20);
        return Err(Failure::argument(title, "name a feature file or a YAML file"));
    }
    String::from_utf8(bytes).map_err(|error| {
        let valid = error.utf8_error().valid_up_to();
        let bytes = error.into_bytes();
        let shown = String::from_utf8_lossy(&bytes).into_owned();
        let place = Excerpt::new(path.display().to_string(), shown, valid..valid + 1);
        Failure::Input(vec![
            Diagnostic::error("this file is no UTF-8 text").at(place).label("this octet").remedy("save it as UTF-8"),
        ])
    })
}

/// A file to read: where it is, and what it is called in ids and errors.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Named {
    pub(super) path: PathBuf,
    pub(super) name: String,
}

/// All files with this ending under the paths: a file as it is, a folder with all below it, in a stable order, each once
/// however often it is named.
///
/// # Errors
/// When a path is not there, or no file with that ending is under one of them.
pub(super) fn under(paths: &[PathBuf], endings: &[&str]) -> Result<Vec<Named>, Failure> {
    let mut found = Vec::new();
    for path in paths {
        let before = found.len();
        if path.is_dir() {
            walk(path, endings, DEEPEST, &mut found)?;
        } else {
            // Looked at here so that a path that is not there is named before anything runs.
            fs::metadata(path).map_err(|error| unreadable(path, &error))?;
            found.push(path.clone());
        }
        if found.len() == before {
            let title = format!("no .{} file is under {}", endings.join(" or ."), path.display());
            return Err(Failure::argument(title, "name a file, or a folder that has some"));
        }
    }
    let mut known = BTreeSet::new();
    found.retain(|path| known.insert(fs::canonicalize(path).unwrap_or_else(|_| path.clone())));
    Ok(found.into_iter().map(|path| Named { name: path.display().to_string(), path }).collect())
}

fn walk(folder: &Path, endings: &[&str], deeper: usize, found: &mut Vec<PathBuf>) -> Result<(), Failure> {
    let unreadable = |error| unreadable(folder, &error);
    let mut entries: Vec<PathBuf> = fs::read_dir(folder)
        .map_err(unreadable)?
        .map(|entry| entry.map(|entry| entry.path()))
        .collect::<Result<_, _>>()
        .map_err(unreadable)?;
    entries.sort();
    for entry in entries {
        if entry.is_dir() {
            if deeper > 0 {
                walk(&entry, endings, deeper - 1, found)?;
            }
        } else if entry.extension().is_some_and(|ending| endings.iter().any(|wanted| ending == *wanted)) {
            found.push(entry);
        }
    }
    Ok(())
}

/// Writes a new file, never over one that exists.
///
/// # Errors
/// When there is a file already, or it cannot be written.
pub(super) fn write_new(path: &Path, text: &str) -> Result<(), Failure> {
    let mut file = match fs::OpenOptions::new().write(true).create_new(true).open(path) {
        Ok(file) => file,
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => {
            let title = format!("{} exists already and is left as it is", path.display());
            return Err(Failure::argument(title, "name another file"));
        }
        Err(error) => return Err(unwritable(path, &error)),
    };
    file.write_all(text.as_bytes()).map_err(|error| Failure::Write { path: path.to_path_buf(), error })
}

/// A path that cannot be read, with what can be done about it.
pub(super) fn unreadable(path: &Path, error: &io::Error) -> Failure {
    let diagnostic = Diagnostic::error(format!("{} cannot be read: {error}", path.display()));
    Failure::Input(vec![match error.kind() {
        io::ErrorKind::NotFound => {
            let beside = folder_of(path).read_dir().into_iter().flatten().flatten();
            let names: Vec<String> = beside.map(|entry| entry.file_name().to_string_lossy().into_owned()).collect();
            let name = path.file_name().unwrap_or_default().to_string_lossy();
            diagnostic.remedy("check how it is written").did_you_mean(&name, names.iter().map(String::as_str))
        }
        io::ErrorKind::IsADirectory => diagnostic.remedy("name a file in it"),
        _ => diagnostic.remedy("name a file that this user may read"),
    }])
}

/// A path at which no file can be begun.
pub(super) fn unwritable(path: &Path, error: &io::Error) -> Failure {
    let title = format!("{} cannot be written: {error}", path.display());
    Failure::argument(title, "name a file in a folder that is there and that this user may write to")
}

/// The folder that a path is in.
pub(super) fn folder_of(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}
