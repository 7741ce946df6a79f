//! Reading commands and replies, ours beside `smtp-proto`'s on the same octets in the same run. What the figures are for
//! is in `docs/benchmarks.md`.

use divan::counter::{BytesCount, ItemsCount};
use divan::{Bencher, black_box};
use smtp_proto::Request;
use smtp_proto::response::parser::ResponseReceiver;
use smtpspec::protocol::wire::{CommandLine, Inbound, Limits, Line, ReplyDecoder};

/// What both read alike (`src/protocol/wire/command/differential.rs`): each sort of command, with parameters.
const COMMANDS: &[u8] = b"EHLO client.example\r\n\
    AUTH CRAM-MD5\r\n\
    MAIL FROM:<sender@client.example> SIZE=12345 BODY=8BITMIME\r\n\
    RCPT TO:<first.recipient@inside.example> NOTIFY=SUCCESS,FAILURE ORCPT=rfc822;first@inside.example\r\n\
    RCPT TO:<@gateway.example:second@elsewhere.example>\r\n\
    VRFY somebody\r\n\
    NOOP\r\n\
    RSET\r\n\
    BDAT 86 LAST\r\n\
    DATA\r\n\
    QUIT\r\n";
const NUMBER_OF_COMMANDS: usize = 11;

/// The replies of a session, the EHLO list among them.
const REPLIES: &[u8] = b"220 mail.inside.example ESMTP\r\n\
    250-mail.inside.example greets client.example\r\n\
    250-PIPELINING\r\n\
    250-SIZE 1048576\r\n\
    250-8BITMIME\r\n\
    250-ENHANCEDSTATUSCODES\r\n\
    250-AUTH PLAIN LOGIN CRAM-MD5 NTLM\r\n\
    250 HELP\r\n\
    235 2.7.0 Authenticated\r\n\
    250 2.1.0 <sender@client.example> OK\r\n\
    550 5.7.1 <remote@elsewhere.example> is not relayed to\r\n\
    250 2.1.5 <authorized@inside.example> OK\r\n\
    354 Send the message and end it with <CRLF>.<CRLF>\r\n\
    250 2.6.0 Taken as 0123456789ABCDEF\r\n\
    221 2.0.0 mail.inside.example closes\r\n";
const NUMBER_OF_REPLIES: usize = 9;

fn main() {
    divan::main();
}

#[divan::bench_group]
mod commands {
    use super::*;

    #[divan::bench(counters = [ItemsCount::new(NUMBER_OF_COMMANDS), BytesCount::of_slice(COMMANDS)])]
    fn ours(bencher: Bencher<'_, '_>) {
        assert_eq!(read(COMMANDS), NUMBER_OF_COMMANDS);
        bencher.bench(|| read(black_box(COMMANDS)));
    }

    #[divan::bench(counters = [ItemsCount::new(NUMBER_OF_COMMANDS), BytesCount::of_slice(COMMANDS)])]
    fn smtp_proto(bencher: Bencher<'_, '_>) {
        assert_eq!(read_by_smtp_proto(COMMANDS), NUMBER_OF_COMMANDS);
        bencher.bench(|| read_by_smtp_proto(black_box(COMMANDS)));
    }

    /// How many commands the octets hold, each with all it says and what departs from the grammar.
    fn read(octets: &[u8]) -> usize {
        let mut inbound = Inbound::new();
        inbound.push(octets);
        let mut commands = 0;
        while let Some(Line::Complete { bytes, .. }) = inbound.line(Limits::server().command_line) {
            commands += usize::from(black_box(CommandLine::parse(&bytes)).command.is_ok());
        }
        commands
    }

    fn read_by_smtp_proto(octets: &[u8]) -> usize {
        let mut octets = octets.iter();
        let mut commands = 0;
        while let Ok(request) = Request::parse(&mut octets) {
            black_box(request);
            commands += 1;
        }
        commands
    }
}

#[divan::bench_group]
mod replies {
    use super::*;

    #[divan::bench(counters = [ItemsCount::new(NUMBER_OF_REPLIES), BytesCount::of_slice(REPLIES)])]
    fn ours(bencher: Bencher<'_, '_>) {
        assert_eq!(read(REPLIES), NUMBER_OF_REPLIES);
        bencher.bench(|| read(black_box(REPLIES)));
    }

    #[divan::bench(counters = [ItemsCount::new(NUMBER_OF_REPLIES), BytesCount::of_slice(REPLIES)])]
    fn smtp_proto(bencher: Bencher<'_, '_>) {
        assert_eq!(read_by_smtp_proto(REPLIES), NUMBER_OF_REPLIES);
        bencher.bench(|| read_by_smtp_proto(black_box(REPLIES)));
    }

    /// How many replies the octets hold, each with its octets and what departs from the grammar.
    fn read(octets: &[u8]) -> usize {
        let mut decoder = ReplyDecoder::new();
        decoder.push(octets);
        let mut replies = 0;
        while let Some(Ok(reply)) = decoder.next_reply() {
            black_box(reply);
            replies += 1;
        }
        replies
    }

    fn read_by_smtp_proto(octets: &[u8]) -> usize {
        let mut octets = octets.iter();
        let mut replies = 0;
        let mut receiver = ResponseReceiver::default();
        while let Ok(reply) = receiver.parse(&mut octets) {
            black_box(reply);
            receiver.reset();
            replies += 1;
        }
        replies
    }
}
