//! From the types of the WIT to those of the engine, and back.

use alloc::vec::Vec;

use super::bindings::exports::filemap::data::array as wit_array;
use super::bindings::exports::filemap::data::store as wit_store;
use super::bindings::exports::filemap::data::types::Error;
use crate::region::Advice;
use crate::{array, error, store};

pub(super) fn into_index(index: Vec<wit_array::Index>) -> Vec<array::Index> {
    use array::Index as Engine;
    let convert = |index| match index {
        wit_array::Index::At(at) => Engine::At(at),
        wit_array::Index::Slice(wit_array::Slice { start, stop, step }) => {
            Engine::Slice(array::Slice { start, stop, step })
        }
        wit_array::Index::Ellipsis => Engine::Ellipsis,
        wit_array::Index::NewAxis => Engine::NewAxis,
        wit_array::Index::Take(list) => Engine::Take(list),
        wit_array::Index::Mask(mask) => Engine::Mask(mask),
    };
    index.into_iter().map(convert).collect()
}

impl From<wit_array::OpenOptions> for array::OpenOptions {
    fn from(options: wit_array::OpenOptions) -> Self {
        let wit_array::OpenOptions { dtype, mode, offset, shape, order } = options;
        Self { dtype, mode: mode.into(), offset, shape, order: order.into() }
    }
}

impl From<wit_array::NpyOptions> for array::NpyOptions {
    fn from(options: wit_array::NpyOptions) -> Self {
        let wit_array::NpyOptions { dtype, shape, order, version } = options;
        let version = version.map(|version| match version {
            wit_array::NpyVersion::V1 => array::Version::One,
            wit_array::NpyVersion::V2 => array::Version::Two,
            wit_array::NpyVersion::V3 => array::Version::Three,
        });
        Self { dtype, shape, order: order.into(), version }
    }
}

impl From<wit_array::Mode> for array::Mode {
    fn from(mode: wit_array::Mode) -> Self {
        match mode {
            wit_array::Mode::ReadOnly => Self::ReadOnly,
            wit_array::Mode::CopyOnWrite => Self::CopyOnWrite,
            wit_array::Mode::ReadWrite => Self::ReadWrite,
            wit_array::Mode::Write => Self::Write,
        }
    }
}

impl From<array::Mode> for wit_array::Mode {
    fn from(mode: array::Mode) -> Self {
        match mode {
            array::Mode::ReadOnly => Self::ReadOnly,
            array::Mode::CopyOnWrite => Self::CopyOnWrite,
            array::Mode::ReadWrite => Self::ReadWrite,
            array::Mode::Write => Self::Write,
        }
    }
}

impl From<wit_array::Order> for array::Order {
    fn from(order: wit_array::Order) -> Self {
        match order {
            wit_array::Order::C => Self::C,
            wit_array::Order::F => Self::F,
        }
    }
}

impl From<array::Order> for wit_array::Order {
    fn from(order: array::Order) -> Self {
        match order {
            array::Order::C => Self::C,
            array::Order::F => Self::F,
        }
    }
}

impl From<wit_array::Operation> for array::Operation {
    fn from(operation: wit_array::Operation) -> Self {
        match operation {
            wit_array::Operation::Sum => Self::Sum,
            wit_array::Operation::Prod => Self::Prod,
            wit_array::Operation::Min => Self::Min,
            wit_array::Operation::Max => Self::Max,
            wit_array::Operation::Mean => Self::Mean,
            wit_array::Operation::Any => Self::Any,
            wit_array::Operation::All => Self::All,
            wit_array::Operation::Argmin => Self::ArgMin,
            wit_array::Operation::Argmax => Self::ArgMax,
            wit_array::Operation::CountNonzero => Self::CountNonzero,
        }
    }
}

impl From<wit_array::Advice> for Advice {
    fn from(advice: wit_array::Advice) -> Self {
        match advice {
            wit_array::Advice::Normal => Self::Normal,
            wit_array::Advice::Random => Self::Random,
            wit_array::Advice::Sequential => Self::Sequential,
            wit_array::Advice::WillNeed => Self::WillNeed,
            wit_array::Advice::DontNeed => Self::DontNeed,
            wit_array::Advice::HugePage => Self::HugePage,
        }
    }
}

impl From<wit_store::OpenOptions> for store::OpenOptions {
    fn from(options: wit_store::OpenOptions) -> Self {
        let wit_store::OpenOptions { create, read_only, durability } = options;
        let durability = match durability {
            wit_store::Durability::None => store::Durability::None,
            wit_store::Durability::Data => store::Durability::Data,
            wit_store::Durability::Full => store::Durability::Full,
        };
        Self { create, read_only, durability }
    }
}

impl From<error::Error> for Error {
    fn from(error: error::Error) -> Self {
        use error::Error as Engine;
        match error {
            Engine::NotFound(text) => Self::NotFound(text),
            Engine::AccessDenied(text) => Self::AccessDenied(text),
            Engine::InvalidArgument(text) => Self::InvalidArgument(text),
            Engine::OutOfBounds(text) => Self::OutOfBounds(text),
            Engine::Truncated(text) => Self::Truncated(text),
            Engine::NoSpace(text) => Self::NoSpace(text),
            Engine::LimitExceeded(text) => Self::LimitExceeded(text),
            Engine::Closed(text) => Self::Closed(text),
            Engine::Corrupt(text) => Self::Corrupt(text),
            Engine::Unsupported(text) => Self::Unsupported(text),
            Engine::Other(text) => Self::Other(text),
        }
    }
}
