//! The model behind a link: in process, and on a socket.
