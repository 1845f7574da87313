//! Hashes of 64 bits whatever the machine: those of the standard hashers are as wide as an address, and in a browser
//! two of a million texts would be taken for one.

/// The hash of these bytes. It is not for what strangers choose: it can be made to collide.
pub fn hash64(bytes: impl IntoIterator<Item = u8>) -> u64 {
    const FACTOR: u64 = 0x9e37_79b9_7f4a_7c15;
    let step = |hash: u64, byte: u8| (hash.rotate_left(23) ^ u64::from(byte)).wrapping_mul(FACTOR);
    let hash = bytes.into_iter().fold(0xcbf2_9ce4_8422_2325, step);
    let hash = (hash ^ (hash >> 32)).wrapping_mul(FACTOR);
    hash ^ (hash >> 29)
}

#[cfg(test)]
mod tests {
    use super::hash64;
    use std::collections::BTreeSet;

    #[test]
    fn texts_that_differ_little_have_hashes_that_differ_in_both_halves() {
        let texts = (0..200_000).map(|n| format!("a castle, number {n}"));
        let hashes: Vec<u64> = texts.map(|text| hash64(text.bytes())).collect();
        let different =
            |half: &dyn Fn(u64) -> u64| hashes.iter().map(|hash| half(*hash)).collect::<BTreeSet<_>>().len();
        assert_eq!(different(&|hash| hash), hashes.len());
        // By chance about five of these collide in 32 bits.
        assert!(different(&|hash| hash >> 32) > hashes.len() - 40);
        assert!(different(&|hash| hash & 0xffff_ffff) > hashes.len() - 40);
    }

    #[test]
    fn order_and_length_count() {
        assert_ne!(hash64(*b"ab"), hash64(*b"ba"));
        assert_ne!(hash64([0]), hash64([0, 0]));
    }
}
