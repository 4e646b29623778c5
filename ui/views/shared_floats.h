// SPDX-License-Identifier: Apache-2.0
// A read-only run of floats together with what keeps it alive, so that views show large arrays without
// copying.
#pragma once

#include <memory>
#include <span>
#include <utility>
#include <vector>

namespace sinkscope::ui {

/// Immutable floats with shared ownership. Threads: may be read anywhere. Validity: alive as long as any
/// copy.
class SharedFloats {
public:
    SharedFloats() = default;
    /// Takes the vector over.
    explicit SharedFloats(std::vector<float> values)
        : SharedFloats(std::make_shared<const std::vector<float>>(std::move(values)))
    {
    }
    explicit SharedFloats(const std::shared_ptr<const std::vector<float>> &values)
        : m_owner(values)
        , m_values(values ? std::span<const float>(*values) : std::span<const float>())
    {
    }
    /// `values` lies in something that `owner` keeps alive, e.g. one head of a layer record.
    SharedFloats(std::shared_ptr<const void> owner, std::span<const float> values)
        : m_owner(std::move(owner))
        , m_values(values)
    {
    }

    std::span<const float> values() const { return m_values; }
    std::size_t size() const { return m_values.size(); }
    bool isEmpty() const { return m_values.empty(); }
    float operator[](std::size_t position) const { return m_values[position]; }

private:
    std::shared_ptr<const void> m_owner;
    std::span<const float> m_values;
};

} // namespace sinkscope::ui
