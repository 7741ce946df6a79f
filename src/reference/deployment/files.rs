//! The YAML files under `scenarios/products/` and `scenarios/deployments/`, key by key. A user's own have the same
//! form.

mod deployment_file;
mod product_file;
mod settings_file;

pub use deployment_file::{DeploymentFile, HostFile, ListenerFile};
pub use product_file::{
    AuthorizationChoice, BehavioursFile, ChallengeFile, ComponentFile, KeywordFile, PatchFile, PatchOf, ProductFile,
    ReplyFile, Stated,
};
pub use settings_file::{Exchange50File, Exchange55File, IisFile, ReferenceFile, RelayFile, SettingsFile};
