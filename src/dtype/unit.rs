//! Units of datetimes and timedeltas in numpy's brackets: `[ns]`, `[10ms]`, `[s/10]`.

use core::fmt;

/// A calendar or clock unit.
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

/// The units as numpy spells them, the longest first.
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

/// For each unit from the year on, the number of each of the next three units that numpy takes as
/// one of it; 0 if it does not divide further. All units from the second on have the same numbers.
const DIVISIONS: [[u32; 3]; 7] = [
    [12, 52, 365],
    [4, 30, 720],
    [7, 168, 10_080],
    [24, 1440, 86_400],
    [60, 3600, 0],
    [60, 60_000, 0],
    [1000, 1_000_000, 0],
];

/// A multiple of a unit, like numpy's `datetime_data`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Unit {
    /// The unit.
    pub time: Time,
    /// The multiple.
    pub multiple: u32,
}

pub(super) enum Parsed {
    Generic,
    Unit(Unit),
}

impl Unit {
    /// Parses the brackets after `M8` or `m8`. `[generic]` is no unit.
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
        // A fraction of a unit becomes a whole multiple of a smaller unit, if there is one.
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

/// Parses decimal digits as a number that fits a C `int`, like all sizes in numpy.
pub(super) fn natural(digits: &str) -> Option<u32> {
    let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
    digits.parse::<i32>().ok().filter(|_| plain).map(i32::unsigned_abs)
}
