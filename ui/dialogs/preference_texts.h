// SPDX-License-Identifier: Apache-2.0
// What is typed in the preferences, read or refused with a sentence.
#pragma once

#include <QtCore/QString>

#include <cstdint>
#include <optional>

namespace sinkscope::ui {

/// What was typed for a number or an amount: a value (nothing: automatic), or a sentence that refuses it.
template <typename Value> struct TypedPreference {
    std::optional<Value> value;
    QString refusal; ///< empty: accepted
};

/// A number of threads, or nothing or "automatic".
TypedPreference<int> readThreads(const QString &text);
/// An amount of memory ("512 MiB"; a bare number is MiB), or nothing or "automatic". `available`: free memory
/// in bytes, where it is known; more than that is refused.
TypedPreference<std::uint64_t> readAmount(const QString &text, std::optional<std::uint64_t> available);
/// A folder that is there, or nothing.
TypedPreference<QString> readFolder(const QString &text);

} // namespace sinkscope::ui
