//! Small files in lanes: a lane whose file has ended gets the next one, while the others go on.

use std::io;
use std::ops::Range;

use memmap2::MmapMut;

use super::lanes::{Block, Kernel, Lanes, MOST, PADDING, pad};
use super::reading::{Reading, Whole};
use super::sums::{Sums, in_lanes};
use super::{BLOCK, Failure, Work};

/// What a thread has in hand.
pub(super) struct Feed<'a> {
    lanes: Lanes,
    seats: Vec<Option<Seat<'a>>>,
    /// How much of each file is read at once: all of it together stays in a core's own cache.
    piece: usize,
    /// A part for each lane; made for the first file.
    buffer: Option<MmapMut>,
}

/// A file in a lane.
struct Seat<'a> {
    sums: Sums<'a>,
    reading: Reading,
    /// There once it was read to its end.
    whole: Option<Whole>,
    /// The blocks in the lane's part of the buffer that are still to be hashed.
    blocks: Range<usize>,
}

impl<'a> Feed<'a> {
    /// With so many lanes, a power of two.
    pub(super) fn new(kernel: Kernel, width: usize) -> Self {
        Self {
            lanes: Lanes::new(kernel),
            seats: (0..width).map(|_| None).collect(),
            piece: BLOCK / width,
            buffer: None,
        }
    }

    /// Takes a file, once there is room for it.
    pub(super) fn add<P, B>(&mut self, work: &Work<'a, P, B>, sums: Sums<'a>, reading: Reading) {
        let lane = loop {
            match self.seats.iter().position(Option::is_none) {
                Some(lane) => break lane,
                None => self.advance(work),
            }
        };
        self.lanes.begin(lane);
        let seat = Seat {
            sums,
            reading,
            whole: None,
            blocks: 0..0,
        };
        self.fill(work, lane, seat);
    }

    /// Hashes all that was taken.
    pub(super) fn drain<P, B>(&mut self, work: &Work<'a, P, B>) {
        while self.seats.iter().any(Option::is_some) {
            self.advance(work);
        }
    }

    /// Reads the next piece of a lane's file; all of it where no digest is made in lanes.
    fn fill<P, B>(&mut self, work: &Work<'a, P, B>, lane: usize, mut seat: Seat<'a>) {
        match self.read(work, lane, &mut seat) {
            Err(failure) => work.settle(seat.sums, Err(failure)),
            Ok(()) if seat.blocks.is_empty() => self.done(work, lane, seat),
            Ok(()) => self.seats[lane] = Some(seat),
        }
    }

    fn read<P, B>(&mut self, work: &Work<'a, P, B>, lane: usize, seat: &mut Seat<'a>) -> Result<(), Failure> {
        let algorithms = work.plan.algorithms;
        let part = part_of(lane, self.piece);
        let buffer = &mut self.buffer().map_err(Failure::Io)?[part];
        let end = buffer.len() - PADDING;
        loop {
            let piece = seat
                .reading
                .piece(&mut buffer[..end], |got| work.tick(got))
                .map_err(Failure::Io)?;
            seat.sums.take(algorithms, &buffer[..piece.held], piece.ended);
            if piece.ended {
                seat.whole = Some(seat.reading.end()?);
            }
            if algorithms.iter().any(|a| in_lanes(*a)) {
                seat.blocks = 0..match piece.ended {
                    true => pad(buffer, piece.held, seat.reading.read()),
                    false => piece.held / 64,
                };
            }
            if piece.ended || !seat.blocks.is_empty() {
                return Ok(());
            }
        }
    }

    fn buffer(&mut self) -> io::Result<&mut MmapMut> {
        let length = part_of(self.seats.len(), self.piece).start;
        Ok(match &mut self.buffer {
            Some(buffer) => buffer,
            none => none.insert(MmapMut::map_anon(length)?),
        })
    }

    /// Hashes as much as is there of every file.
    fn advance<P, B>(&mut self, work: &Work<'a, P, B>) {
        let Some(buffer) = &self.buffer else { return };
        let open = self
            .seats
            .iter()
            .enumerate()
            .filter_map(|(lane, seat)| Some((lane, seat.as_ref()?)));
        let count = open.clone().map(|(_, seat)| seat.blocks.len()).min().unwrap_or(0);
        let mut next: [(usize, &[Block]); MOST] = [(0, &[]); MOST];
        let mut busy = 0;
        for ((lane, seat), place) in open.zip(&mut next) {
            let (blocks, _) = buffer[part_of(lane, self.piece)].as_chunks::<64>();
            *place = (lane, &blocks[seat.blocks.start..][..count]);
            busy += 1;
        }
        self.lanes.take(&next[..busy]);
        for lane in 0..self.seats.len() {
            let seat = self.seats[lane].take_if(|seat| {
                seat.blocks.start += count;
                seat.blocks.is_empty()
            });
            match seat {
                None => {}
                Some(seat) if seat.whole.is_some() => self.done(work, lane, seat),
                Some(seat) => self.fill(work, lane, seat),
            }
        }
    }

    fn done<P, B>(&mut self, work: &Work<'a, P, B>, lane: usize, mut seat: Seat<'a>) {
        seat.sums.put(work.plan.algorithms, &self.lanes.digest(lane));
        work.settle(seat.sums, seat.whole.ok_or(Failure::Changed));
    }
}

/// A lane's part of the buffer. What is added for the padding also keeps the lanes apart in the processor's cache.
fn part_of(lane: usize, piece: usize) -> Range<usize> {
    let part = piece + PADDING;
    lane * part..(lane + 1) * part
}
