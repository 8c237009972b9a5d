//! Whole columns of values held against the rules of one field: the loops are such that the compiler makes vector
//! instructions of them, as what is wrong with a value is only looked for in a block that has one.

use hyper_core::ValidationErrors;

use super::rules::{Limit, Rules};

/// How many values are looked at together.
const BLOCK: usize = 64;

/// Which of many values break a rule.
///
/// ```
/// use hyperdjango::orm::validation::{Limit, Rules};
///
/// let rules = Rules { ge: Some(Limit::Int(0)), le: Some(Limit::Int(100)), ..Rules::NONE };
/// let broken = rules.integers(&[5, -1, 100, 101]);
/// assert_eq!(broken.iter().collect::<Vec<_>>(), [1, 3]);
/// assert_eq!((broken.first(), broken.count()), (Some(1), 2));
/// assert!(rules.integers(&[1_i16, 2, 3]).is_empty());
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Broken {
    /// A bit for each value, 64 to a block; none at all where no value is broken.
    bits: Vec<u64>,
}

impl Broken {
    /// Whether no value is.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.bits.is_empty()
    }

    /// How many are.
    #[must_use]
    pub fn count(&self) -> usize {
        self.bits.iter().map(|bits| bits.count_ones() as usize).sum()
    }

    /// The first of them, counted from 0.
    #[must_use]
    pub fn first(&self) -> Option<usize> {
        self.iter().next()
    }

    /// Whether the value at this place is.
    #[must_use]
    pub fn contains(&self, at: usize) -> bool {
        self.bits.get(at / BLOCK).is_some_and(|bits| bits >> (at % BLOCK) & 1 == 1)
    }

    /// The places of all of them, counted from 0.
    pub fn iter(&self) -> impl Iterator<Item = usize> {
        self.bits.iter().enumerate().flat_map(|(block, &bits)| {
            let mut bits = bits;
            std::iter::from_fn(move || {
                let at = (bits != 0).then_some(bits.trailing_zeros() as usize)?;
                bits &= bits - 1;
                Some(block * BLOCK + at)
            })
        })
    }

    /// Looks through the values: `any` says quickly whether a block has one, `is` which it is.
    #[inline]
    fn find<T>(values: &[T], any: impl Fn(&[T]) -> bool, is: impl Fn(&T) -> bool) -> Self {
        let mut bits = Vec::new();
        for (block, values) in values.chunks(BLOCK).enumerate() {
            if any(values) {
                bits.resize(block, 0);
                let bit = |(at, value): (usize, &T)| u64::from(is(value)) << at;
                bits.push(values.iter().enumerate().map(bit).fold(0, |all, bit| all | bit));
            }
        }
        Self { bits }
    }
}

/// `i16`, `i32` or `i64`.
pub trait Integer: Copy + Ord + Into<i64> + TryFrom<i64> {
    /// The least value.
    const LEAST: Self;
    /// The greatest value.
    const GREATEST: Self;

    /// Whether any of the values is less than the one or greater than the other.
    #[inline]
    fn any_outside(values: &[Self], least: Self, most: Self) -> bool {
        // No `any`: to stop at the first is what keeps a loop from being vectorized.
        values.iter().fold(false, |outside, &n| outside | (n < least) | (n > most))
    }
}

macro_rules! integer {
    ($($type:ty),+) => {$(
        impl Integer for $type {
            const LEAST: Self = Self::MIN;
            const GREATEST: Self = Self::MAX;
        }
    )+};
}

integer!(i16, i32);

impl Integer for i64 {
    const LEAST: Self = Self::MIN;
    const GREATEST: Self = Self::MAX;

    /// x86-64 without extensions compares no vectors of `i64`, but subtracts them. What is below the least wraps around or
    /// is negative, and what is above the most is further away than the most: one of the two differences has its sign set.
    #[inline]
    fn any_outside(values: &[Self], least: Self, most: Self) -> bool {
        let Some(width) = most.checked_sub(least) else {
            return values.iter().fold(false, |outside, &n| outside | (n < least) | (n > most));
        };
        let signs = |signs: Self, &n: &Self| {
            let distance = n.wrapping_sub(least);
            signs | distance | width.wrapping_sub(distance)
        };
        values.iter().fold(0, signs) < 0
    }
}

impl Rules {
    /// Holds whole numbers against the bounds: `i16`, `i32` or `i64`.
    #[must_use]
    pub fn integers<T: Integer>(&self, values: &[T]) -> Broken {
        let (mut least, mut most) = (i128::from(i64::MIN), i128::from(i64::MAX));
        let whole = |limit, round: fn(f64) -> f64| match limit {
            Limit::Int(n) => i128::from(n),
            Limit::Float(x) => round(x) as i128,
        };
        if let Some(limit) = self.ge {
            least = least.max(whole(limit, f64::ceil));
        }
        if let Some(limit) = self.gt {
            least = least.max(whole(limit, f64::floor) + 1);
        }
        if let Some(limit) = self.le {
            most = most.min(whole(limit, f64::floor));
        }
        if let Some(limit) = self.lt {
            most = most.min(whole(limit, f64::ceil) - 1);
        }
        let (low, high): (i128, i128) = (T::LEAST.into().into(), T::GREATEST.into().into());
        if least > most || least > high || most < low {
            return Broken::find(values, |_| true, |_| true);
        }
        let within =
            |limit: i128, end: T| i64::try_from(limit).ok().and_then(|n| T::try_from(n).ok()).unwrap_or(end);
        let (least, most) = (within(least, T::LEAST), within(most, T::GREATEST));
        Broken::find(values, |block| T::any_outside(block, least, most), |&n| n < least || n > most)
    }

    /// Holds floating-point numbers against the bounds; NaN is in none.
    #[must_use]
    pub fn floats(&self, values: &[f64]) -> Broken {
        if self.ge.or(self.gt).or(self.le).or(self.lt).is_none() {
            return Broken::default();
        }
        let (mut least, mut most) = (f64::NEG_INFINITY, f64::INFINITY);
        if let Some(limit) = self.ge {
            least = least.max(limit.float());
        }
        if let Some(limit) = self.gt {
            least = least.max(limit.float().next_up());
        }
        if let Some(limit) = self.le {
            most = most.min(limit.float());
        }
        if let Some(limit) = self.lt {
            most = most.min(limit.float().next_down());
        }
        Broken::find(
            values,
            |block| !block.iter().fold(true, |good, &x| good & (x >= least) & (x <= most)),
            |&x| !(x >= least && x <= most),
        )
    }

    /// Holds texts against all rules. Those that most texts obey are looked at quickly: length, NUL, and what a slug is made
    /// of; a text that may break one, and each with a rule that has no quick look, is checked like a single one.
    #[must_use]
    pub fn texts<S: AsRef<str>>(&self, values: &[S]) -> Broken {
        let thorough = self.email || self.url || self.pattern.is_some();
        let most = self.max_length.map_or(usize::MAX, |most| usize::try_from(most).unwrap_or(usize::MAX));
        // A character has at most four bytes.
        let least =
            self.min_length.map_or(0, |least| usize::try_from(least).unwrap_or(usize::MAX).saturating_mul(4));
        let suspect = |text: &str| {
            let bytes = text.as_bytes();
            // What has as many characters as bytes, or few enough bytes, is within the lengths whatever they are.
            let length = bytes.len() > most || (bytes.len() < least && self.min_length.is_some());
            thorough
                || length
                || has_nul(bytes)
                || (self.slug && (bytes.is_empty() || has_no_slug_byte(bytes)))
        };
        let broken = |text: &S| {
            let text = text.as_ref();
            suspect(text) && {
                let mut errors = ValidationErrors::new();
                self.text(text, "", &mut errors);
                !errors.is_empty()
            }
        };
        Broken::find(values, |block| block.iter().any(broken), broken)
    }
}

fn has_nul(bytes: &[u8]) -> bool {
    let (blocks, rest) = bytes.as_chunks::<32>();
    let nul = |bytes: &[u8]| bytes.iter().fold(0, |found, &byte| found | u8::from(byte == 0)) != 0;
    blocks.iter().any(|block| nul(block)) || nul(rest)
}

fn has_no_slug_byte(bytes: &[u8]) -> bool {
    let other = |byte: u8| {
        let letter = (byte | 0x20).wrapping_sub(b'a') < 26;
        let digit = byte.wrapping_sub(b'0') < 10;
        u8::from(!(letter | digit | (byte == b'_') | (byte == b'-')))
    };
    let others = |bytes: &[u8]| bytes.iter().fold(0, |found, &byte| found | other(byte)) != 0;
    let (blocks, rest) = bytes.as_chunks::<32>();
    blocks.iter().any(|block| others(block)) || others(rest)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn one_by_one<T>(values: &[T], check: impl Fn(&T, &mut ValidationErrors)) -> Vec<usize> {
        let broken = |value: &T| {
            let mut errors = ValidationErrors::new();
            check(value, &mut errors);
            !errors.is_empty()
        };
        values.iter().enumerate().filter(|(_, value)| broken(value)).map(|(at, _)| at).collect()
    }

    fn found(broken: &Broken, len: usize) -> Vec<usize> {
        let all: Vec<_> = broken.iter().collect();
        assert_eq!(
            (broken.count(), broken.first(), broken.is_empty()),
            (all.len(), all.first().copied(), all.is_empty())
        );
        assert_eq!((0..len + 70).filter(|&at| broken.contains(at)).collect::<Vec<_>>(), all);
        all
    }

    fn limit() -> impl Strategy<Value = Option<Limit>> {
        prop_oneof![
            Just(None),
            Just(Some(Limit::Int(i64::MIN))),
            (-9_i64..9).prop_map(|n| Some(Limit::Int(n))),
            any::<i64>().prop_map(|n| Some(Limit::Int(n))),
            (-40_i32..40).prop_map(|n| Some(Limit::Float(f64::from(n) / 4.0))),
        ]
    }

    fn numbers() -> impl Strategy<Value = Vec<i64>> {
        proptest::collection::vec(
            prop_oneof![-9_i64..9, Just(i64::MIN), Just(i64::MAX), any::<i64>()],
            0..150,
        )
    }

    proptest! {
        #[test]
        fn many_are_judged_like_one(numbers in numbers(), ge in limit(), le in limit(), gt in limit(), lt in limit()) {
            let rules = Rules { ge, le, gt, lt, ..Rules::NONE };
            let small: Vec<_> = numbers.iter().map(|&n| n as i16).collect();
            let floats: Vec<_> = numbers.iter().map(|&n| if n == 3 { f64::NAN } else { n as f64 / 4.0 }).collect();
            let len = numbers.len();
            prop_assert_eq!(found(&rules.integers(&numbers), len), one_by_one(&numbers, |&n, e| rules.integer(n, "", e)));
            prop_assert_eq!(found(&rules.integers(&small), len), one_by_one(&small, |&n, e| rules.integer(n.into(), "", e)));
            prop_assert_eq!(found(&rules.floats(&floats), len), one_by_one(&floats, |&x, e| rules.float(x, "", e)));
        }

        #[test]
        fn many_texts_are_judged_like_one(
            texts in proptest::collection::vec(prop_oneof!["[a-zA-Z0-9_-]{0,80}", "[ -~äß€\0]{0,50}", any::<String>()], 0..100),
            min_length in proptest::option::of(0_u64..30),
            max_length in proptest::option::of(0_u64..60),
            slug: bool,
            email: bool,
        ) {
            let rules = Rules { min_length, max_length, slug, email, ..Rules::NONE };
            prop_assert_eq!(found(&rules.texts(&texts), texts.len()), one_by_one(&texts, |text, e| rules.text(text, "", e)));
        }
    }

    #[test]
    fn no_values_and_no_rules() {
        assert!(Rules::NONE.integers::<i64>(&[]).is_empty());
        assert!(Rules::NONE.floats(&[f64::NAN]).is_empty());
        assert!(Rules::NONE.integers(&[i64::MIN, i64::MAX]).is_empty());
        let none = Rules { gt: Some(Limit::Int(i64::MAX)), ..Rules::NONE };
        assert_eq!(none.integers(&[i64::MAX, 0]).count(), 2);
        assert_eq!(Rules { ge: Some(Limit::Int(40_000)), ..Rules::NONE }.integers(&[1_i16; 3]).count(), 3);
    }
}
