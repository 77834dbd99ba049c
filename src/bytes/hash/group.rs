//! Large files that one task has in hand: the next piece of each is read while those that are there are hashed.

use std::io;

use memmap2::MmapMut;
use rayon::prelude::*;

use super::lanes::{Kernel, Lanes, pad};
use super::reading::{Piece, Reading, Whole};
use super::sums::{Sums, in_lanes};
use super::{Ask, BLOCK, Failure, Slot, Work, lock};

/// The least that is read of a file at once.
const LEAST: usize = BLOCK / 16;

pub(super) struct Group<'a> {
    lanes: Lanes,
    members: Vec<Member<'a>>,
    /// The most files at once.
    most: usize,
}

/// A file whose one buffer is filled while the other is hashed.
struct Member<'a> {
    sums: Sums<'a>,
    reading: Reading,
    lane: usize,
    front: MmapMut,
    back: MmapMut,
    /// What is in the front, and then in the back.
    here: Piece,
    next: io::Result<Piece>,
}

impl<'a> Group<'a> {
    pub(super) fn new(kernel: Kernel, most: usize) -> Self {
        Self {
            lanes: Lanes::new(kernel),
            members: Vec::new(),
            most,
        }
    }

    /// Hashes what is waiting until nothing is.
    pub(super) fn run<P, B, S>(mut self, work: &Work<'a, P, B>)
    where
        P: Fn(usize, &mut Vec<u8>) -> Ask + Sync,
        B: Iterator<Item = S> + Send,
        S: Iterator<Item = Slot<'a>> + Send,
    {
        loop {
            while let Some(slot) = work.next_large(self.members.len(), self.most) {
                self.add(work, slot);
            }
            if self.members.is_empty() {
                return;
            }
            self.round(work);
            for member in std::mem::take(&mut self.members) {
                self.turn(work, member);
            }
        }
    }

    fn add<P, B, S>(&mut self, work: &Work<'a, P, B>, slot: Slot<'a>)
    where
        P: Fn(usize, &mut Vec<u8>) -> Ask + Sync,
        B: Iterator<Item = S> + Send,
        S: Iterator<Item = Slot<'a>> + Send,
    {
        let taken = |lane: &usize| self.members.iter().any(|member| member.lane == *lane);
        let lane = (0..self.most).find(|lane| !taken(lane)).unwrap_or_default();
        let index = slot.index;
        let sums = Sums::new(slot);
        let begun = work.open_large(index).and_then(|(file, before)| {
            let mut reading = Reading::new(file, before);
            let (mut front, back) = work.buffers().map_err(Failure::Io)?;
            let here = reading
                .piece(&mut front[..LEAST], |got| work.tick(got))
                .map_err(Failure::Io)?;
            Ok((reading, front, back, here))
        });
        match begun {
            Err(failure) => {
                work.settle(sums, Err(failure));
                work.large_done();
            }
            Ok((reading, front, back, here)) => {
                self.lanes.begin(lane);
                let next = Ok(Piece::default());
                self.members.push(Member {
                    sums,
                    reading,
                    lane,
                    front,
                    back,
                    here,
                    next,
                });
            }
        }
    }

    /// Hashes what is there, and reads what comes next.
    fn round<P, B>(&mut self, work: &Work<'a, P, B>)
    where
        P: Sync,
        B: Send,
    {
        let algorithms = work.plan.algorithms;
        let alone = self.members.len() == 1 && algorithms.len() == 1;
        let length = (BLOCK / self.members.len().next_power_of_two()).max(LEAST);
        let (mut ahead, mut blocks, mut others) = (Vec::new(), Vec::new(), Vec::new());
        for member in &mut self.members {
            let Piece { held, ended } = member.here;
            let full = if ended {
                pad(&mut member.front, held, member.reading.read())
            } else {
                held / 64
            };
            let front = &member.front[..];
            blocks.push((member.lane, &front.as_chunks::<64>().0[..full]));
            others.push((&mut member.sums, &front[..held], ended));
            if !ended {
                ahead.push((&mut member.reading, &mut member.back[..length], &mut member.next));
            }
        }
        let read = || {
            for (reading, buffer, next) in ahead {
                *next = reading.piece(buffer, |got| work.tick(got));
            }
        };
        let hash = || {
            if algorithms.iter().any(|a| in_lanes(*a)) {
                self.lanes.take_all(blocks);
            }
        };
        let rest = || {
            if algorithms.iter().any(|a| !in_lanes(*a)) {
                let each = others.into_par_iter();
                each.for_each(|(sums, bytes, ended)| sums.take(algorithms, bytes, ended));
            }
        };
        // Of one file and one digest, the next piece is read by the core that has this one in its cache: two that share it are slower.
        if alone {
            hash();
            rest();
            read();
        } else {
            rayon::join(read, || rayon::join(hash, rest));
        }
    }

    /// A file goes on with its next piece, or is done.
    fn turn<P, B>(&mut self, work: &Work<'a, P, B>, mut member: Member<'a>) {
        let whole: Result<Whole, Failure> = match member.next {
            _ if member.here.ended => member.reading.end(),
            Err(error) => Err(Failure::Io(error)),
            Ok(next) => {
                std::mem::swap(&mut member.front, &mut member.back);
                member.here = next;
                member.next = Ok(Piece::default());
                return self.members.push(member);
            }
        };
        member.sums.put(work.plan.algorithms, &self.lanes.digest(member.lane));
        work.settle(member.sums, whole);
        lock(&work.buffers).push((member.front, member.back));
        work.large_done();
    }
}
