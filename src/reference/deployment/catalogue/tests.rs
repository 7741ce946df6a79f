use super::*;

#[test]
fn every_built_in_file_is_read() {
    let catalogue = Catalogue::built_in().unwrap_or_else(|wrong| {
        panic!("{}", wrong.iter().map(|diagnostic| diagnostic.render(false, 110)).collect::<String>())
    });
    assert_eq!(catalogue.deployments.len(), built_in_files("deployments").len());
}
