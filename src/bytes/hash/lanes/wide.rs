//! SHA-256 of one message in each element of a vector. What a vector is, and what is done with it, is the module's that uses the macro.

/// Defines `run`, from `Vector`, `WIDTH`, `add`, `splat`, `turned`, `shifted`, `xor`, `choose`, `majority`, `words`, `load`
/// and `store`.
macro_rules! wide {
    ($features:literal, rounds $($at:literal)*) => {
        /// The next blocks of as many messages into their states; the messages are equally long.
        #[target_feature(enable = $features)]
        pub(super) fn run(states: &mut States<WIDTH>, blocks: [&[Block]; WIDTH]) {
            let mut blocks = blocks;
            let count = shortest(&mut blocks);
            let mut state = load(states);
            for at in 0..count {
                let before = state;
                let mut words = words(&blocks, at);
                // Not unrolled: a compiler that sees all rounds computes the whole schedule first, for which there is no room.
                let (quarters, _) = K.as_chunks::<16>();
                for quarter in &quarters[..3] {
                    sixteen::<true>(&mut state, &mut words, quarter);
                }
                sixteen::<false>(&mut state, &mut words, &quarters[3]);
                for word in 0..8 {
                    state[word] = add(state[word], before[word]);
                }
            }
            store(state, states);
        }

        /// Sixteen rounds, and the words of the sixteen that follow them where there are `MORE`.
        #[inline]
        #[target_feature(enable = $features)]
        fn sixteen<const MORE: bool>(state: &mut [Vector; 8], words: &mut [Vector; 16], k: &[u32; 16]) {
            $( round::<$at, MORE>(state, words, k[$at]); )*
        }

        /// One round (FIPS 180-4, 6.2.2), with the names that the standard gives.
        #[inline]
        #[target_feature(enable = $features)]
        fn round<const AT: usize, const MORE: bool>(state: &mut [Vector; 8], words: &mut [Vector; 16], k: u32) {
            // The variables stay where they are, and their names move.
            let (a, b, c, d) = ((16 - AT) & 7, (17 - AT) & 7, (18 - AT) & 7, (19 - AT) & 7);
            let (e, f, g, h) = ((20 - AT) & 7, (21 - AT) & 7, (22 - AT) & 7, (23 - AT) & 7);
            let word = words[AT];
            let sigma1 = xor(turned::<6>(state[e]), turned::<11>(state[e]), turned::<25>(state[e]));
            let t1 = add(add(state[h], add(splat(k), word)), add(sigma1, choose(state[e], state[f], state[g])));
            let sigma0 = xor(turned::<2>(state[a]), turned::<13>(state[a]), turned::<22>(state[a]));
            state[d] = add(state[d], t1);
            state[h] = add(t1, add(sigma0, majority(state[a], state[b], state[c])));
            if MORE {
                let (w15, w2) = (words[(AT + 1) & 15], words[(AT + 14) & 15]);
                let sigma0 = xor(turned::<7>(w15), turned::<18>(w15), shifted::<3>(w15));
                let sigma1 = xor(turned::<17>(w2), turned::<19>(w2), shifted::<10>(w2));
                words[AT] = add(add(word, sigma0), add(words[(AT + 9) & 15], sigma1));
            }
        }
    };
}
pub(super) use wide;
