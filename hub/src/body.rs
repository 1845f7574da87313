//! A body on its way: read from its source in chunks, paced by the link, counted by the log.

use std::io::{self, SeekFrom};
use std::ops::Range;
use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::task::{Context, Poll};
use std::time::Duration;

use bytes::{Bytes, BytesMut};
use hyper::body::{Body, Frame};
use tokio::io::{AsyncReadExt, AsyncSeekExt};
use tokio::sync::mpsc::{self, Receiver, Sender};
use tokio::time::sleep;

use crate::log::Ticket;
use crate::reply::Tricks;
use crate::server::Wire;
use crate::store::Content;

/// What one read from disk fetches: a fresh read for every chunk would cost more than the chunk.
const READ_BYTES: u64 = 256 * 1024;
/// How long the bytes before a planned break get to reach the socket: a connection that breaks at once takes
/// what is still buffered with it.
const FLUSH: Duration = Duration::from_millis(30);

/// The body of a response. Dropping it before its end is how the log learns that the client left.
#[derive(Debug)]
pub(crate) struct PacedBody {
    chunks: Option<Receiver<io::Result<Bytes>>>,
    left: u64,
    ticket: Ticket,
}

impl PacedBody {
    /// A body that has no bytes, which is complete at once.
    pub(crate) fn none(mut ticket: Ticket) -> PacedBody {
        ticket.finish();
        PacedBody { chunks: None, left: 0, ticket }
    }

    /// Begins to send `span` of `content`. `reset` is raised when the connection is to be reset.
    pub(crate) fn begin(
        content: Content,
        span: Range<u64>,
        tricks: Tricks,
        wire: &Arc<Wire>,
        reset: &Arc<AtomicBool>,
        ticket: Ticket,
    ) -> PacedBody {
        let broken = tricks.cut.is_some() || tricks.close.is_some();
        if span.is_empty() && !broken {
            return PacedBody::none(ticket);
        }
        let left = span.end.saturating_sub(span.start);
        // One chunk ahead, so that what was counted is what the connection took.
        let (send, chunks) = mpsc::channel(1);
        let feed = Feed { content, span, tricks, wire: Arc::clone(wire), reset: Arc::clone(reset), send };
        tokio::spawn(feed.run());
        PacedBody { chunks: Some(chunks), left, ticket }
    }
}

impl Body for PacedBody {
    type Data = Bytes;
    type Error = io::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, io::Error>>> {
        let Some(chunks) = self.chunks.as_mut() else { return Poll::Ready(None) };
        let next = std::task::ready!(chunks.poll_recv(context));
        match &next {
            Some(Ok(chunk)) => {
                let bytes = chunk.len() as u64;
                self.ticket.sent(bytes);
                self.left = self.left.saturating_sub(bytes);
                if self.left == 0 {
                    self.ticket.finish();
                }
            }
            Some(Err(_)) | None => self.ticket.finish(),
        }
        Poll::Ready(next.map(|chunk| chunk.map(Frame::data)))
    }

    fn is_end_stream(&self) -> bool {
        self.chunks.is_none()
    }
}

/// The task behind one body.
struct Feed {
    content: Content,
    span: Range<u64>,
    tricks: Tricks,
    wire: Arc<Wire>,
    reset: Arc<AtomicBool>,
    send: Sender<io::Result<Bytes>>,
}

impl Feed {
    async fn run(self) {
        // A client that leaves ends every wait at once, so that its share of the link is free again.
        tokio::select! {
            () = self.send.closed() => {}
            result = self.all() => if let Err(error) = result {
                // The receiver may be gone by now; then there is nobody to tell.
                let _ = self.send.send(Err(error)).await;
            }
        }
    }

    async fn all(&self) -> io::Result<()> {
        let Tricks { cut, close, stall, flip } = &self.tricks;
        let start = self.span.start;
        let mut reader = Reader::new(&self.content, start);
        let end = [cut, close]
            .into_iter()
            .flatten()
            .fold(self.span.end, |end, keep| end.min(start.saturating_add(*keep)));
        let mut at = start;
        let mut stall = stall.as_ref().map(|(after, pause)| (start.saturating_add(*after).min(end), *pause));
        while at < end {
            if let Some((_, pause)) = stall.take_if(|(from, _)| *from <= at) {
                sleep(pause).await;
            }
            let until = stall.map_or(end, |(from, _)| from.min(end));
            let chunk =
                reader.next(self.wire.link.chunk_bytes().min(until.saturating_sub(at)), until).await?;
            let bytes = chunk.len() as u64;
            self.wire.link.pass(bytes).await;
            let chunk = match flip {
                Some(offset) if (at..at + bytes).contains(offset) => inverted(&chunk, offset - at),
                _ => chunk,
            };
            at += bytes;
            if self.send.send(Ok(chunk)).await.is_err() {
                return Ok(());
            }
        }
        if cut.is_some() || close.is_some() {
            sleep(FLUSH).await;
        }
        if cut.is_some() {
            self.reset.store(true, Ordering::Relaxed);
            return Err(io::Error::new(io::ErrorKind::ConnectionReset, "cut by a fault"));
        }
        Ok(())
    }
}

fn inverted(chunk: &Bytes, at: u64) -> Bytes {
    let mut copy = BytesMut::from(chunk.as_ref());
    if let Some(byte) = usize::try_from(at).ok().and_then(|at| copy.get_mut(at)) {
        *byte = !*byte;
    }
    copy.freeze()
}

/// Reads some content in order, from an offset on.
struct Reader<'a> {
    content: &'a Content,
    at: u64,
    file: Option<tokio::fs::File>,
    ahead: Bytes,
}

impl<'a> Reader<'a> {
    fn new(content: &'a Content, at: u64) -> Reader<'a> {
        Reader { content, at, file: None, ahead: Bytes::new() }
    }

    /// Between 1 and `most` bytes; nothing from `end` on is read.
    async fn next(&mut self, most: u64, end: u64) -> io::Result<Bytes> {
        if self.ahead.is_empty() {
            self.ahead = self.refill(end).await?;
            self.at += self.ahead.len() as u64;
        }
        let most = usize::try_from(most).unwrap_or(usize::MAX).min(self.ahead.len());
        if most == 0 {
            return Err(io::Error::new(io::ErrorKind::UnexpectedEof, "the source is shorter than it was"));
        }
        Ok(self.ahead.split_to(most))
    }

    async fn refill(&mut self, end: u64) -> io::Result<Bytes> {
        match self.content {
            Content::Bytes(bytes) => {
                let from = usize::try_from(self.at).unwrap_or(usize::MAX).min(bytes.len());
                let to = usize::try_from(end).unwrap_or(usize::MAX).clamp(from, bytes.len());
                Ok(bytes.slice(from..to))
            }
            Content::File(path) => {
                let file = match &mut self.file {
                    Some(file) => file,
                    none => {
                        let mut file = tokio::fs::File::open(path).await?;
                        file.seek(SeekFrom::Start(self.at)).await?;
                        none.insert(file)
                    }
                };
                let want = end.saturating_sub(self.at).min(READ_BYTES);
                let mut block = BytesMut::with_capacity(usize::try_from(want).unwrap_or(0));
                file.take(want).read_buf(&mut block).await?;
                Ok(block.freeze())
            }
        }
    }
}
