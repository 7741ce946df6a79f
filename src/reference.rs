//! The reference: deployments as data, what the bulletin says of them, and the model of the servers themselves. Pure.
//!
//! Two readers may not see each other's source: [`bulletin`] reads a deployment's identity only, [`model`] its
//! behaviours only. A model judged by the table it was built from could only agree with itself.

pub mod bulletin;
pub mod deployment;
pub mod model;
pub mod yaml;
