//! Archives of images, and images.

use vitrine::formats::zip::directory::Directory;
use vitrine::formats::zip::end::{Tail, read_end};
use vitrine::formats::zip::member::content;

/// A whole archive: its directory, and each member that the name of a local header finds.
pub fn archive(data: &[u8]) {
    let file_bytes = data.len() as u64;
    let Ok(Tail::End(end)) = read_end(data, file_bytes) else { return };
    assert!(end.directory.end <= file_bytes, "a directory beyond the end");
    let bytes = &data[end.directory.start as usize..end.directory.end as usize];
    let Ok(directory) = Directory::parse(bytes, &end) else { return };
    assert_eq!(directory.len() as u64, end.members);
    for at in memchr::memmem::find_iter(data, b"PK\x03\x04").take(20) {
        let Some(head) = data.get(at..at + 30) else { continue };
        let len = usize::from(u16::from_le_bytes([head[26], head[27]]));
        let Some(name) = data.get(at + 30..at + 30 + len) else { continue };
        let name = String::from_utf8_lossy(name);
        for member in directory.find(&name).unwrap_or_default() {
            assert!(member.range.end <= file_bytes, "a member beyond the end");
            let bytes = &data[member.range.start as usize..member.range.end as usize];
            if let Ok(content) = content(&member, &name, bytes) {
                assert_eq!(content.len(), member.bytes as usize);
            }
        }
    }
}

/// An image's own bytes: size and texts.
pub fn picture(data: &[u8]) {
    if let Ok(facts) = vitrine::formats::picture::look(data) {
        assert!(facts.texts.iter().map(|(_, text)| text.len()).sum::<usize>() <= 64 << 20);
    }
}
