//! Rust sources as these tests read them: tokens, so that no comment, string or odd quote hides a name or makes one up.

use std::fs;
use std::iter::Peekable;
use std::path::{Path, PathBuf};

use proc_macro2::token_stream::IntoIter;
use proc_macro2::{Delimiter, TokenStream, TokenTree};

/// A source file without its comments and unit tests.
pub(super) struct Source {
    /// Its floor.
    pub(super) floor: String,
    /// Its place below `src`.
    pub(super) path: PathBuf,
    modules: Vec<String>,
    /// Every path in it, groups written out and from the crate's root on where they begin there: `crate::judge::Role`,
    /// `std::fs`. What is called a name's alias stands behind it: `std::fs as disk`.
    pub(super) paths: Vec<String>,
    /// Its string literals.
    pub(super) strings: Vec<String>,
    /// Its tokens in one line, a literal as `_`.
    pub(super) line: String,
}

/// All of `src`, `main` and the unit tests' own files left out.
pub(super) fn sources() -> Vec<Source> {
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
        if path.extension().is_none_or(|extension| extension != "rs") {
            continue;
        }
        let source = Source::read(path.strip_prefix(root).unwrap(), &fs::read_to_string(&path).unwrap());
        let is_test = source.modules.last().is_some_and(|name| name == "tests" || name.ends_with("_tests"));
        if !is_test && source.floor != "main" {
            found.push(source);
        }
    }
}

impl Source {
    /// A file with this text at this place below `src`.
    pub(super) fn read(path: &Path, text: &str) -> Self {
        let modules: Vec<String> = path
            .with_extension("")
            .components()
            .map(|component| component.as_os_str().to_string_lossy().into_owned())
            .collect();
        let tokens: TokenStream = text.parse().unwrap_or_else(|wrong| panic!("{}: {wrong}", path.display()));
        let mut source = Self {
            floor: modules[0].clone(),
            path: path.to_owned(),
            modules,
            paths: Vec::new(),
            strings: Vec::new(),
            line: String::new(),
        };
        source.walk(tokens);
        source
    }

    /// The room: the file's modules, `/` between them.
    pub(super) fn room(&self) -> String {
        self.modules.join("/")
    }

    /// Whether any path has this as a segment of it, or this as a run of its segments.
    pub(super) fn names(&self, name: &str) -> bool {
        self.paths.iter().any(|path| {
            path.match_indices(name).any(|(at, _)| {
                let (before, behind) = (&path[..at], &path[at + name.len()..]);
                (before.is_empty() || before.ends_with("::") || before.ends_with(' '))
                    && (behind.is_empty() || behind.starts_with("::") || behind.starts_with(' '))
            })
        })
    }

    fn walk(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match token {
                TokenTree::Punct(punct) if punct.as_char() == '#' && is_test_attribute(tokens.peek()) => {
                    tokens.next();
                    skip_module(&mut tokens);
                }
                TokenTree::Punct(punct) => self.line.push(punct.as_char()),
                TokenTree::Literal(literal) => {
                    self.line.push('_');
                    self.strings.push(literal.to_string());
                }
                TokenTree::Ident(ident) => {
                    if self.line.ends_with(|c: char| c.is_alphanumeric() || c == '_') {
                        self.line.push(' ');
                    }
                    self.path(ident.to_string(), &mut tokens);
                }
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    self.line.push_str(open);
                    self.walk(group.stream());
                    self.line.push_str(close);
                }
            }
        }
    }

    /// A path from its first segment on.
    fn path(&mut self, first: String, tokens: &mut Peekable<IntoIter>) {
        let mut written = first;
        let mut groups = Vec::new();
        while goes_on(tokens) {
            match tokens.peek() {
                Some(TokenTree::Ident(ident)) => {
                    written.push_str("::");
                    written.push_str(&ident.to_string());
                    tokens.next();
                }
                Some(TokenTree::Punct(star)) if star.as_char() == '*' => {
                    written.push_str("::*");
                    tokens.next();
                    break;
                }
                Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                    groups = members(group.stream());
                    tokens.next();
                    break;
                }
                // A turbofish: what is in it is read for itself.
                _ => break,
            }
        }
        self.line.push_str(&written);
        if groups.is_empty() {
            if let Some(alias) = alias(tokens) {
                written = format!("{written} as {alias}");
            }
            self.paths.push(self.absolute(&written));
        }
        for member in groups {
            self.line.push_str(&format!(" {member}"));
            self.paths.push(self.absolute(&format!("{written}::{member}")));
        }
    }

    /// `super::super::x` of a file two deep is `crate::x`; `self` in a group is the group's own head.
    fn absolute(&self, path: &str) -> String {
        let mut above = 0;
        let mut rest = path;
        while let Some(behind) = rest.strip_prefix("super::") {
            (above, rest) = (above + 1, behind);
        }
        let rest = rest.replace("::self", "");
        match self.modules.len().checked_sub(above) {
            Some(left) if above > 0 => {
                let head: Vec<&str> =
                    std::iter::once("crate").chain(self.modules[..left].iter().map(String::as_str)).collect();
                format!("{}::{rest}", head.join("::"))
            }
            // More `super` than the file is deep: out of a module within it.
            _ => rest,
        }
    }
}

/// Takes `::` if that is what comes next.
fn goes_on(tokens: &mut Peekable<IntoIter>) -> bool {
    let mut ahead = tokens.clone();
    let mut is_colon = || matches!(ahead.next(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
    let goes_on = is_colon() && is_colon();
    if goes_on {
        tokens.next();
        tokens.next();
    }
    goes_on
}

/// Takes `as x` if that is what comes next.
fn alias(tokens: &mut Peekable<IntoIter>) -> Option<String> {
    let mut ahead = tokens.clone();
    match (ahead.next(), ahead.next()) {
        (Some(TokenTree::Ident(word)), Some(TokenTree::Ident(alias))) if word == "as" => Some(alias.to_string()),
        _ => None,
    }
}

/// The paths in a `{a::b, c::{d, e}}` group, written out.
fn members(group: TokenStream) -> Vec<String> {
    let mut inner = Source {
        floor: String::new(),
        path: PathBuf::new(),
        modules: Vec::new(),
        paths: Vec::new(),
        strings: Vec::new(),
        line: String::new(),
    };
    let mut begins = true;
    for token in group.clone() {
        let mark = if let TokenTree::Punct(punct) = &token { punct.as_char() } else { ' ' };
        inner.paths.extend((begins && mark == '*').then(|| "*".to_owned()));
        begins = mark == ',';
    }
    inner.walk(group);
    inner.paths
}

fn is_test_attribute(token: Option<&TokenTree>) -> bool {
    matches!(token, Some(TokenTree::Group(group)) if group.stream().to_string().replace(' ', "") == "cfg(test)")
}

/// Takes a whole `mod x;` or `mod x { … }`, its visibility included. Any other item stands.
fn skip_module(tokens: &mut Peekable<IntoIter>) {
    let ahead: Vec<TokenTree> = tokens.clone().take(5).collect();
    let module = ahead.iter().position(|token| matches!(token, TokenTree::Ident(word) if word == "mod"));
    let is_before = |token: &TokenTree| match token {
        TokenTree::Ident(word) => word == "pub",
        TokenTree::Group(group) => group.delimiter() == Delimiter::Parenthesis,
        TokenTree::Punct(_) | TokenTree::Literal(_) => false,
    };
    if let Some(at) = module.filter(|at| ahead[..*at].iter().all(is_before)) {
        // `mod`, its name, and its body or the semicolon.
        tokens.nth(at + 2);
    }
}
