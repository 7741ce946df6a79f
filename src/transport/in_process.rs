//! A peer in this process.

/// Something that takes octets and gives octets, without waiting.
pub trait Peer: Send + std::fmt::Debug {
    /// Takes octets.
    fn receive(&mut self, bytes: &[u8]);

    /// Gives what it has to say, which may be nothing.
    fn take(&mut self) -> Vec<u8>;

    /// Whether it has closed the connection (after what [`Peer::take`] still gives).
    fn is_closed(&self) -> bool;
}
