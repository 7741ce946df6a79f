//! Products and deployments read from YAML: the built-in ones and a user's own.

mod order;

use include_dir::{Dir, include_dir};

use super::Deployment;
use super::assembly::{self, Products};
use super::product::{FactRow, Product};
use crate::diagnostic::Diagnostic;
use crate::reference::yaml::Source;

static SCENARIOS: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/scenarios");

/// All deployments known to a run, in the order of the bulletin.
#[derive(Clone, Debug, Default)]
pub struct Catalogue {
    /// The deployments.
    pub deployments: Vec<Deployment>,
    products: Products,
    sources: Vec<Source>,
}

impl Catalogue {
    /// The built-in ones, compiled in from `scenarios/`.
    ///
    /// # Errors
    /// When a built-in file is wrong; the tests keep that from being shipped.
    pub fn built_in() -> Result<Self, Vec<Diagnostic>> {
        Self::read(built_in_files("products"), built_in_files("deployments"))
    }

    /// The built-in ones with a user's own over them: a file of the same name takes the built-in one's place, and a
    /// product that does is behind every deployment of it.
    ///
    /// # Errors
    /// All that is wrong with the files given, each with file, line, column and a remedy.
    pub fn with_own(products: Vec<Source>, deployments: Vec<Source>) -> Result<Self, Vec<Diagnostic>> {
        Self::read(over(built_in_files("products"), products), over(built_in_files("deployments"), deployments))
    }

    fn read(product_files: Vec<Source>, deployment_files: Vec<Source>) -> Result<Self, Vec<Diagnostic>> {
        let mut wrong = Vec::new();
        let mut products = Products::new();
        for source in &product_files {
            match Product::read(source) {
                Ok(product) => drop(products.insert(product.id.clone(), product)),
                Err(found) => wrong.extend(found),
            }
        }
        // A deployment of a product that could not be read would be blamed for it.
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let mut deployments = Vec::new();
        for source in &deployment_files {
            match assembly::read(source, &products) {
                Ok(deployment) => deployments.push(deployment),
                Err(found) => wrong.extend(found),
            }
        }
        if !wrong.is_empty() {
            return Err(wrong);
        }
        let ids = order::read(&built_in_file("order.yaml"))?;
        deployments.sort_by_key(|deployment| order::place(&ids, &deployment.id));
        Ok(Self { deployments, products, sources: deployment_files })
    }

    /// The deployment of that id.
    pub fn get(&self, id: &str) -> Option<&Deployment> {
        self.deployments.iter().find(|deployment| deployment.id == id)
    }

    /// The product of that id.
    pub fn product(&self, id: &str) -> Option<&Product> {
        self.products.get(id)
    }

    /// The file that a deployment was read from.
    pub fn source(&self, id: &str) -> Option<&Source> {
        self.sources.iter().find(|source| source.id() == id)
    }

    /// Reads a user's deployment file against the products known, its text given by the caller.
    ///
    /// # Errors
    /// With file, line, column, the offending line and a remedy.
    pub fn read_deployment(&self, name: &str, text: &str) -> Result<Deployment, Vec<Diagnostic>> {
        assembly::read(&Source::new(name, text), &self.products)
    }

    /// Reads a product file alone, its text given by the caller.
    ///
    /// # Errors
    /// With file, line, column, the offending line and a remedy.
    pub fn read_product(name: &str, text: &str) -> Result<Product, Vec<Diagnostic>> {
        Product::read(&Source::new(name, text))
    }

    /// Reads the file that says in which order deployments are shown, without using it.
    ///
    /// # Errors
    /// Whatever is wrong with it.
    pub fn read_order(name: &str, text: &str) -> Result<Vec<String>, Vec<Diagnostic>> {
        order::read(&Source::new(name, text))
    }

    /// Every fact of every product: how it words a reply, what it lists, what its flags are, with source and
    /// confidence.
    pub fn facts(&self) -> impl Iterator<Item = FactRow> + '_ {
        self.products.values().flat_map(Product::facts)
    }
}

fn built_in_files(folder: &str) -> Vec<Source> {
    let files = SCENARIOS.get_dir(folder).into_iter().flat_map(Dir::files);
    files
        .filter(|file| file.path().extension().is_some_and(|ending| ending == "yaml"))
        .map(|file| built_in(file.path(), file.contents_utf8()))
        .collect()
}

fn built_in_file(name: &str) -> Source {
    let text = SCENARIOS.get_file(name).and_then(include_dir::File::contents_utf8);
    built_in(std::path::Path::new(name), text)
}

fn built_in(path: &std::path::Path, text: Option<&str>) -> Source {
    Source::new(format!("scenarios/{}", path.display()), text.unwrap_or_default())
}

fn over(mut built_in: Vec<Source>, own: Vec<Source>) -> Vec<Source> {
    built_in.retain(|source| own.iter().all(|other| other.id() != source.id()));
    built_in.extend(own);
    built_in
}

#[cfg(test)]
mod tests;
