// SPDX-License-Identifier: Apache-2.0
// Typed reading of metadata, with refusals that name file, key, given and expected.
#include "core/weights/weight_source.h"

#include "core/base/error.h"

#include <limits>

#include <fmt/format.h>

namespace sinkscope {

namespace {

constexpr std::string_view kWayOut =
    "The file is damaged or was written by an incompatible tool; obtain it again or convert the model anew";

/// What `value` is, for the "given" part of a refusal.
std::string describe(const MetaValue &value)
{
    struct Describe {
        std::string operator()(bool v) const { return fmt::format("the truth value {}", v); }
        std::string operator()(std::int64_t v) const { return fmt::format("the integer {}", v); }
        std::string operator()(std::uint64_t v) const { return fmt::format("the integer {}", v); }
        std::string operator()(double v) const { return fmt::format("the number {}", v); }
        std::string operator()(const std::string &v) const
        {
            return v.size() <= 40 ? fmt::format("the text '{}'", v)
                                  : fmt::format("a text of {} bytes", v.size());
        }
        std::string operator()(const std::vector<bool> &v) const
        {
            return fmt::format("a list of {} truth values", v.size());
        }
        std::string operator()(const std::vector<std::int64_t> &v) const
        {
            return fmt::format("a list of {} integers", v.size());
        }
        std::string operator()(const std::vector<double> &v) const
        {
            return fmt::format("a list of {} numbers", v.size());
        }
        std::string operator()(const std::vector<std::string> &v) const
        {
            return fmt::format("a list of {} texts", v.size());
        }
    };
    return std::visit(Describe {}, value);
}

struct Lookup {
    const WeightSource &source;
    std::string_view key;
    std::string_view expected;

    [[noreturn]] void refuse(std::string what, std::string given) const
    {
        throw Error({.what = std::move(what),
            .file = source.path(),
            .place = fmt::format("metadata key '{}'", key),
            .given = std::move(given),
            .expected = std::string(expected),
            .wayOut = std::string(kWayOut)});
    }

    [[noreturn]] void refuseKind(const MetaValue &value) const
    {
        refuse("the value is not of the kind the model needs", describe(value));
    }

    template <typename T> T required(std::optional<T> value) const
    {
        if (!value)
            refuse("the key is missing", "nothing");
        return *std::move(value);
    }

    template <typename T> const T *typedOrNull() const
    {
        const MetaValue *value = source.metaOrNull(key);
        if (!value)
            return nullptr;
        if (const T *typed = std::get_if<T>(value))
            return typed;
        refuseKind(*value);
    }
};

constexpr std::string_view kText = "a text";
constexpr std::string_view kInteger = "an integer";
constexpr std::string_view kNumber = "a number";

} // namespace

std::string WeightSource::metaString(std::string_view key) const
{
    return Lookup {*this, key, kText}.required(metaStringOrNull(key));
}

std::int64_t WeightSource::metaInteger(std::string_view key) const
{
    return Lookup {*this, key, kInteger}.required(metaIntegerOrNull(key));
}

double WeightSource::metaNumber(std::string_view key) const
{
    return Lookup {*this, key, kNumber}.required(metaNumberOrNull(key));
}

std::optional<std::string> WeightSource::metaStringOrNull(std::string_view key) const
{
    const auto *text = Lookup {*this, key, kText}.typedOrNull<std::string>();
    return text ? std::optional(*text) : std::nullopt;
}

std::optional<std::int64_t> WeightSource::metaIntegerOrNull(std::string_view key) const
{
    const MetaValue *value = metaOrNull(key);
    if (!value)
        return std::nullopt;
    if (const auto *integer = std::get_if<std::int64_t>(value))
        return *integer;
    const Lookup lookup {*this, key, kInteger};
    if (const auto *integer = std::get_if<std::uint64_t>(value)) {
        if (*integer <= static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
            return static_cast<std::int64_t>(*integer);
        lookup.refuse("the integer is too large", std::to_string(*integer));
    }
    lookup.refuseKind(*value);
}

std::optional<double> WeightSource::metaNumberOrNull(std::string_view key) const
{
    const MetaValue *value = metaOrNull(key);
    if (!value)
        return std::nullopt;
    if (const auto *number = std::get_if<double>(value))
        return *number;
    if (const auto *integer = std::get_if<std::int64_t>(value))
        return static_cast<double>(*integer);
    if (const auto *integer = std::get_if<std::uint64_t>(value))
        return static_cast<double>(*integer);
    Lookup {*this, key, kNumber}.refuseKind(*value);
}

std::optional<bool> WeightSource::metaBoolOrNull(std::string_view key) const
{
    const auto *truth = Lookup {*this, key, "true or false"}.typedOrNull<bool>();
    return truth ? std::optional(*truth) : std::nullopt;
}

const std::vector<std::string> *WeightSource::metaStringsOrNull(std::string_view key) const
{
    return Lookup {*this, key, "a list of texts"}.typedOrNull<std::vector<std::string>>();
}

const std::vector<std::int64_t> *WeightSource::metaIntegersOrNull(std::string_view key) const
{
    return Lookup {*this, key, "a list of integers"}.typedOrNull<std::vector<std::int64_t>>();
}

} // namespace sinkscope
