//! What a YAML file is: by its keys, or else by the folder it is in.

use std::path::Path;

use crate::diagnostic::{Diagnostic, nearest};
use crate::reference::yaml::Source;

/// A kind of file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kind {
    Target,
    Deployment,
    Product,
    Bulletin,
    /// Which deployments are shown first.
    Order,
}

impl Kind {
    const ALL: [Self; 5] = [Self::Target, Self::Deployment, Self::Product, Self::Bulletin, Self::Order];

    /// Its outermost keys, those left out that several kinds have.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Target => &[
                "address",
                "service",
                "name",
                "source",
                "source-address",
                "client-name",
                "sender",
                "local-recipient",
                "remote-recipient",
                "roles",
                "authorized",
                "refusal-wordings",
                "witness",
                "failed-logins",
                "allow-address",
                "allow-recipients-outside-reserved-domains",
                "disruptive",
                "limits",
            ],
            Self::Deployment => &["host", "listeners"],
            Self::Product => &[
                "systems",
                "needs-option-pack",
                "not-beside",
                "as-installed",
                "components",
                "patches",
                "behaviours",
                "keywords",
                "settings",
                "replies",
            ],
            Self::Bulletin => &["edition", "bulletin", "in-force-from", "services", "not-named"],
            Self::Order => &["deployments"],
        }
    }

    /// The folder that holds such files.
    const fn folder(self) -> Option<&'static str> {
        match self {
            Self::Target | Self::Order => None,
            Self::Deployment => Some("deployments"),
            Self::Product => Some("products"),
            Self::Bulletin => Some("bulletins"),
        }
    }

    /// With its article.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::Target => "a target file",
            Self::Deployment => "a deployment file",
            Self::Product => "a product file",
            Self::Bulletin => "a bulletin file",
            Self::Order => "a file about the order of deployments",
        }
    }

    /// The kind of this file, where it can be told: that of which it has the most keys, slips counted for less.
    pub(super) fn of(name: &str, text: &str) -> Option<Self> {
        const COMMON: [&str; 3] = ["title", "about", "sources"];
        let keys = Source::new(name, text).outermost_keys();
        let own: Vec<&str> = keys.iter().map(String::as_str).filter(|key| !COMMON.contains(key)).collect();
        let weight = |kind: Self| {
            let of_key = |key: &&str| match nearest(key, kind.keys().iter().copied()) {
                Some(near) if near == *key => 2,
                Some(_) => 1,
                None => 0,
            };
            own.iter().map(of_key).sum::<usize>()
        };
        let best = Self::ALL.into_iter().map(weight).max().unwrap_or_default();
        let mut heaviest = Self::ALL.into_iter().filter(|kind| best > 0 && weight(*kind) == best);
        match (heaviest.next(), heaviest.next()) {
            (Some(kind), None) => Some(kind),
            _ => Self::of_folder(name),
        }
    }

    fn of_folder(name: &str) -> Option<Self> {
        let folder = Path::new(name).parent()?.file_name()?.to_str()?;
        Self::ALL.into_iter().find(|kind| kind.folder() == Some(folder))
    }

    /// That it cannot be told what a file is.
    pub(super) fn unknown(name: &str, text: &str) -> Diagnostic {
        let source = Source::new(name, text);
        // Text that is no YAML has a better reason for having no keys.
        if let Err(diagnostic) = source.read::<serde::de::IgnoredAny>() {
            return diagnostic.remedy("`smtpspec new target` prints a whole target file to compare with");
        }
        let keys = |kind: Self| kind.keys().iter().take(3).map(|key| format!("`{key}`")).collect::<Vec<_>>().join(", ");
        let expected = [Self::Target, Self::Deployment, Self::Product, Self::Bulletin]
            .map(|kind| format!("{} has keys as {}", kind.name(), keys(kind)));
        Diagnostic::error("it cannot be told what this file is")
            .at(source.excerpt(None))
            .note(expected.join("; "))
            .remedy("write the keys of one of them, or put it into a folder `deployments`, `products` or `bulletins`")
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::target("x.yaml", "address: 127.0.0.1:25\nservice: mx\n", Some(Kind::Target))]
    #[case::target_in_braces("x.yaml", "{ address: \"127.0.0.1:25\", service: mx }\n", Some(Kind::Target))]
    #[case::target_with_a_slip("x.yaml", "adress: 127.0.0.1:25\n", Some(Kind::Target))]
    #[case::deployment("x.yaml", "title: T\nhost: {}\nlisteners: []\n", Some(Kind::Deployment))]
    #[case::product("x.yaml", "title: T\nsources: {}\ncomponents: {}\nreplies: {}\n", Some(Kind::Product))]
    #[case::bulletin("x.yaml", "title: T\nedition: x\nservices: []\n", Some(Kind::Bulletin))]
    #[case::order("x.yaml", "deployments: []\n", Some(Kind::Order))]
    #[case::folder("ours/products/x.yaml", "title: T\n", Some(Kind::Product))]
    #[case::keys_before_folder("products/x.yaml", "host: {}\nlisteners: []\n", Some(Kind::Deployment))]
    #[case::neither("x.yaml", "title: T\n", None)]
    #[case::stranger("x.yaml", "on: push\njobs: {}\n", None)]
    #[case::empty("x.yaml", "", None)]
    fn a_file_is_known_by_its_keys_or_its_folder(
        #[case] name: &str,
        #[case] text: &str,
        #[case] expected: Option<Kind>,
    ) {
        assert_eq!(Kind::of(name, text), expected);
    }
}
