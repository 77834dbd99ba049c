//! Every kernel that this machine has against `sha2`.

use sha2::{Digest as _, Sha256};

use super::{Block, Kernel, Lanes, MOST, PADDING, pad};

/// Bytes that say nothing, the same in every run.
fn noise(seed: u64) -> impl Iterator<Item = u64> {
    std::iter::successors(Some(seed | 1), |x| {
        let x = x ^ (x << 13);
        let x = x ^ (x >> 7);
        Some(x ^ (x << 17))
    })
}

fn message(length: usize) -> Vec<u8> {
    let bytes = noise(length as u64 * 2 + 1).map(|x| (x >> 32) as u8);
    bytes.take(length).collect()
}

fn padded(message: &[u8]) -> Vec<Block> {
    let mut buffer = message.to_vec();
    buffer.resize(message.len() + PADDING, 0xff);
    let blocks = pad(&mut buffer, message.len(), message.len() as u64);
    buffer.as_chunks::<64>().0[..blocks].to_vec()
}

/// Hashes messages of these lengths in `busy` lanes, each lane given the next message as soon as its own has ended; `piece` says how
/// many blocks are taken at a time, at most, and which lane waits meanwhile.
fn verify(kernel: Kernel, lengths: &[usize], busy: usize, piece: &mut impl Iterator<Item = u64>) {
    let messages: Vec<Vec<u8>> = lengths.iter().map(|length| message(*length)).collect();
    let blocks: Vec<Vec<Block>> = messages.iter().map(|message| padded(message)).collect();
    let mut lanes = Lanes::new(kernel);
    let mut waiting = 0..messages.len();
    let mut open: Vec<Option<(usize, usize)>> = vec![None; busy];
    loop {
        for (lane, place) in open.iter_mut().enumerate().filter(|(_, place)| place.is_none()) {
            *place = waiting.next().map(|message| (message, 0));
            lanes.begin(lane);
        }
        let most = piece.next().unwrap_or(1) as usize;
        // One lane waits, another one each time.
        let waits = piece.next().map_or(MOST, |x| (x % 16) as usize);
        let turn = |lane: usize| busy == 1 || lane != waits;
        let left = |(lane, place): (usize, &Option<(usize, usize)>)| {
            place
                .filter(|_| turn(lane))
                .map(|(message, at)| blocks[message].len() - at)
        };
        let Some(count) = open.iter().enumerate().filter_map(left).min() else {
            match open.iter().flatten().next() {
                Some(_) => continue,
                None => return,
            }
        };
        let count = count.min(most);
        let next = |place: &Option<(usize, usize)>| place.map(|(message, at)| &blocks[message][at..at + count]);
        let all = open.iter().enumerate().filter(|(lane, _)| turn(*lane));
        let work = all.filter_map(|(lane, place)| Some((lane, next(place)?)));
        lanes.take(&work.collect::<Vec<_>>());
        for (lane, place) in open.iter_mut().enumerate().filter(|(lane, _)| turn(*lane)) {
            let Some((message, at)) = place else { continue };
            *at += count;
            if *at == blocks[*message].len() {
                let expected: [u8; 32] = Sha256::digest(&messages[*message]).into();
                assert_eq!(
                    lanes.digest(lane),
                    expected,
                    "{kernel:?}, {} bytes",
                    messages[*message].len()
                );
                *place = None;
            }
        }
    }
}

#[test]
fn every_length_is_as_sha2_has_it() {
    let lengths: Vec<usize> = (0..=1000).collect();
    for kernel in Kernel::all() {
        verify(kernel, &lengths, kernel.width(), &mut noise(1).map(|x| x | 1 << 40));
    }
}

#[test]
fn any_number_of_lanes_in_any_order_and_pieces() {
    for kernel in Kernel::all() {
        for busy in 1..=kernel.width() {
            let mut random = noise(busy as u64);
            let lengths: Vec<usize> = random
                .by_ref()
                .take(60)
                .map(|x| (x % (1 << (x >> 60))) as usize)
                .collect();
            verify(kernel, &lengths, busy, &mut random.map(|x| 1 + x % 7));
        }
    }
}

#[test]
fn the_best_kernel_is_one_that_was_tested() {
    assert!(Kernel::all().contains(&Kernel::here()));
    assert!(Kernel::all().iter().all(|kernel| (1..=MOST).contains(&kernel.width())));
    assert_eq!(Kernel::all()[0], Kernel::PORTABLE);
}
