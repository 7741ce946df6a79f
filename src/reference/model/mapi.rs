//! Mail of MAPI clients, which does not come over SMTP.

use std::net::{IpAddr, Ipv4Addr};

use super::mail::{date, queue_id};
use super::output::{Hop, Mail, Output};
use super::{Model, UnixTime};
use crate::protocol::wire::Path;

impl Model {
    /// Takes a message from a MAPI client, which does not come over SMTP and is not asked by the SMTP service's rules.
    /// Its forward-paths are parted into inside and outside; one that cannot be read goes nowhere.
    pub fn submit_by_mapi(&self, mail: Mail, now: UnixTime) -> Vec<Output> {
        let header = format!(
            "Received: by {} with MAPI id {}; {}\r\n",
            self.host,
            queue_id::make(&self.host, now, 0),
            date::format(now)
        );
        let content = [header.as_bytes(), &mail.content].concat();
        let hops = [Hop::Inside, Hop::Outside].into_iter().filter_map(|hop| {
            let is_bound = |path: &&Vec<u8>| self.hop_of(path) == Some(hop) && self.components.mapi.takes(path);
            let forward_paths: Vec<_> = mail.forward_paths.iter().filter(is_bound).cloned().collect();
            (!forward_paths.is_empty()).then(|| Output::Transmit {
                hop,
                mail: Mail { reverse_path: mail.reverse_path.clone(), forward_paths, content: content.clone() },
            })
        });
        hops.collect()
    }

    fn hop_of(&self, forward_path: &[u8]) -> Option<Hop> {
        let path = Path::parse(&[b"<", forward_path, b">"].concat()).ok()?;
        // Nobody connected to any address, so no address literal is this server's own.
        Some(self.components.next_hop.hop(&path, &self.host, IpAddr::V4(Ipv4Addr::UNSPECIFIED)))
    }
}
