//! From the types of the WIT to those of the engine, and back.

use filemap::region::Advice;

use crate::bindings::array as wit;

pub(super) fn into_index(index: Vec<wit::Index>) -> Vec<filemap::array::Index> {
    use filemap::array::Index as Engine;
    let convert = |index| match index {
        wit::Index::At(at) => Engine::At(at),
        wit::Index::Slice(wit::Slice { start, stop, step }) => {
            Engine::Slice(filemap::array::Slice { start, stop, step })
        }
        wit::Index::Ellipsis => Engine::Ellipsis,
        wit::Index::NewAxis => Engine::NewAxis,
        wit::Index::Take(list) => Engine::Take(list),
        wit::Index::Mask(mask) => Engine::Mask(mask),
    };
    index.into_iter().map(convert).collect()
}

impl From<wit::OpenOptions> for filemap::array::OpenOptions {
    fn from(options: wit::OpenOptions) -> Self {
        let wit::OpenOptions { dtype, mode, offset, shape, order } = options;
        Self { dtype, mode: mode.into(), offset, shape, order: order.into() }
    }
}

impl From<wit::NpyOptions> for filemap::array::NpyOptions {
    fn from(options: wit::NpyOptions) -> Self {
        let wit::NpyOptions { dtype, shape, order, version } = options;
        let version = version.map(|version| match version {
            wit::NpyVersion::V1 => filemap::array::Version::V1,
            wit::NpyVersion::V2 => filemap::array::Version::V2,
            wit::NpyVersion::V3 => filemap::array::Version::V3,
        });
        Self { dtype, shape, order: order.into(), version }
    }
}

impl From<wit::Mode> for filemap::array::Mode {
    fn from(mode: wit::Mode) -> Self {
        match mode {
            wit::Mode::ReadOnly => Self::ReadOnly,
            wit::Mode::CopyOnWrite => Self::CopyOnWrite,
            wit::Mode::ReadWrite => Self::ReadWrite,
            wit::Mode::Write => Self::Write,
        }
    }
}

impl From<filemap::array::Mode> for wit::Mode {
    fn from(mode: filemap::array::Mode) -> Self {
        match mode {
            filemap::array::Mode::ReadOnly => Self::ReadOnly,
            filemap::array::Mode::CopyOnWrite => Self::CopyOnWrite,
            filemap::array::Mode::ReadWrite => Self::ReadWrite,
            filemap::array::Mode::Write => Self::Write,
        }
    }
}

impl From<wit::Order> for filemap::array::Order {
    fn from(order: wit::Order) -> Self {
        match order {
            wit::Order::C => Self::C,
            wit::Order::F => Self::F,
        }
    }
}

impl From<filemap::array::Order> for wit::Order {
    fn from(order: filemap::array::Order) -> Self {
        match order {
            filemap::array::Order::C => Self::C,
            filemap::array::Order::F => Self::F,
        }
    }
}

impl From<wit::Operation> for filemap::array::Operation {
    fn from(operation: wit::Operation) -> Self {
        match operation {
            wit::Operation::Sum => Self::Sum,
            wit::Operation::Prod => Self::Prod,
            wit::Operation::Min => Self::Min,
            wit::Operation::Max => Self::Max,
            wit::Operation::Mean => Self::Mean,
            wit::Operation::Any => Self::Any,
            wit::Operation::All => Self::All,
            wit::Operation::Argmin => Self::Argmin,
            wit::Operation::Argmax => Self::Argmax,
            wit::Operation::CountNonzero => Self::CountNonzero,
        }
    }
}

impl From<wit::Advice> for Advice {
    fn from(advice: wit::Advice) -> Self {
        match advice {
            wit::Advice::Normal => Self::Normal,
            wit::Advice::Random => Self::Random,
            wit::Advice::Sequential => Self::Sequential,
            wit::Advice::WillNeed => Self::WillNeed,
            wit::Advice::DontNeed => Self::DontNeed,
            wit::Advice::HugePage => Self::HugePage,
        }
    }
}

impl From<filemap::array::Info> for wit::Info {
    fn from(info: filemap::array::Info) -> Self {
        let filemap::array::Info {
            dtype,
            item_size,
            shape,
            strides,
            order,
            offset,
            mode,
            writeable,
            filename,
            size,
            nbytes,
        } = info;
        Self {
            dtype,
            item_size,
            shape,
            strides,
            order: order.map(Into::into),
            offset,
            mode: mode.into(),
            writeable,
            filename,
            size,
            nbytes,
        }
    }
}
