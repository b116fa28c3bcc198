//! The units of points in time and of the distances between them, in numpy's brackets: `[ns]`,
//! `[10ms]`, `[s/10]`.

use core::fmt;

/// A length of time, or of the calendar.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(missing_docs, reason = "the names say it")]
pub enum Time {
    Year,
    Month,
    Week,
    Day,
    Hour,
    Minute,
    Second,
    Millisecond,
    Microsecond,
    Nanosecond,
    Picosecond,
    Femtosecond,
    Attosecond,
}

/// Each as numpy writes it, the longest first.
const TIMES: [(&str, Time); 13] = [
    ("Y", Time::Year),
    ("M", Time::Month),
    ("W", Time::Week),
    ("D", Time::Day),
    ("h", Time::Hour),
    ("m", Time::Minute),
    ("s", Time::Second),
    ("ms", Time::Millisecond),
    ("us", Time::Microsecond),
    ("ns", Time::Nanosecond),
    ("ps", Time::Picosecond),
    ("fs", Time::Femtosecond),
    ("as", Time::Attosecond),
];

/// How many of the next three units numpy takes for one, from the year on; 0 where it goes no
/// further. From the second on they are all alike.
const DIVISIONS: [[u32; 3]; 7] = [
    [12, 52, 365],
    [4, 30, 720],
    [7, 168, 10_080],
    [24, 1440, 86_400],
    [60, 3600, 0],
    [60, 60_000, 0],
    [1000, 1_000_000, 0],
];

/// What a number counts, as numpy's `datetime_data` has it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// Of what.
    pub time: Time,
    /// How many of it.
    pub multiple: u32,
}

pub(super) enum Parsed {
    Generic,
    Unit(Unit),
}

impl Unit {
    /// Reads what follows `M8` or `m8`, where that is not nothing. A unit may be open
    /// (`[generic]`).
    pub(super) fn parse(text: &str) -> Option<Parsed> {
        let inner = text.strip_prefix('[')?.strip_suffix(']')?;
        let name = inner.trim_start_matches(|character: char| character.is_ascii_digit());
        let digits = &inner[..inner.len() - name.len()];
        let multiple = if digits.is_empty() { 1 } else { natural(digits)? };
        let (name, divisor) = match name.split_once('/') {
            Some((name, divisor)) => (name, natural(divisor)?),
            None => (name, 1),
        };
        if name == "generic" && divisor == 1 {
            return Some(Parsed::Generic);
        }
        let name = if name == "μs" { "us" } else { name };
        let place = TIMES.iter().position(|(time, _)| *time == name)?;
        // A part of a unit is as many of a smaller one, where that comes out even.
        let (steps, factor) = if divisor == 1 {
            (0, 1)
        } else {
            let parts = DIVISIONS.get(place).unwrap_or(&DIVISIONS[6]);
            let steps =
                parts.iter().position(|part| *part > 0 && part.checked_rem(divisor) == Some(0))?;
            (steps + 1, parts[steps] / divisor)
        };
        let (_, time) = TIMES.get(place + steps)?;
        let multiple =
            multiple.checked_mul(factor).filter(|&multiple| i32::try_from(multiple).is_ok())?;
        Some(Parsed::Unit(Self { time: *time, multiple }))
    }
}

impl fmt::Display for Unit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("[")?;
        if self.multiple != 1 {
            write!(formatter, "{}", self.multiple)?;
        }
        write!(formatter, "{}]", TIMES[self.time as usize].0)
    }
}

/// A number of decimal digits that fits a C `int`, as all of numpy's sizes do.
pub(super) fn natural(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse::<i32>().ok().filter(|_| plain).map(i32::unsigned_abs)
}
