// SPDX-License-Identifier: Apache-2.0
// Drawing heads for a control.
#include "ui/state/random_control.h"

#include "core/base/error.h"
#include "core/base/random.h"
#include "ui/state/copied_edits.h"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace sinkscope::ui {

namespace {

constexpr std::string_view kControl = "random control, seed ";
constexpr int kMostDraws = 100; // until shared keys fit

std::vector<HeadRef> otherHeads(const std::vector<HeadRef> &edited, const HeadGrid &grid)
{
    std::vector<HeadRef> others;
    for (LayerIndex layer; layer.value < grid.layerCount; ++layer)
        for (HeadIndex head; head.value < grid.headCount; ++head)
            if (!std::ranges::binary_search(edited, HeadRef {layer, head}))
                others.push_back({layer, head});
    return others;
}

/// `count` of `pool`, in the order drawn (Fisher and Yates).
std::vector<HeadRef> drawn(std::vector<HeadRef> pool, std::size_t count, std::uint64_t seed)
{
    Random random(seed);
    for (std::size_t place = 0; place < count; ++place) {
        const double left = static_cast<double>(pool.size() - place);
        std::swap(pool[place], pool[place + static_cast<std::size_t>(random.uniform() * left)]);
    }
    pool.resize(count);
    return pool;
}

} // namespace

std::string controlName(std::uint64_t seed)
{
    return fmt::format("{}{}", kControl, seed);
}

std::optional<std::uint64_t> controlSeed(const EditList &edits)
{
    const std::vector<HeadRef> heads = edits.heads();
    for (const auto &[name, members] : edits.groups()) {
        if (!name.starts_with(kControl) || members != heads)
            continue;
        std::uint64_t seed = 0;
        const char *end = name.data() + name.size();
        if (std::from_chars(name.data() + kControl.size(), end, seed).ptr == end)
            return seed;
    }
    return std::nullopt;
}

EditList randomControl(const EditList &edited, const HeadGrid &grid, std::uint64_t seed)
{
    const std::vector<HeadRef> heads = edited.heads();
    if (heads.empty())
        throw RequestError(
            {.what = "there is nothing to make a control for", .wayOut = "Edit some heads first"});
    const std::vector<HeadRef> pool = otherHeads(heads, grid);
    if (pool.size() < heads.size())
        throw RequestError({.what = "there are too few other heads for a control",
            .given = fmt::format("{} edited, {} others", heads.size(), pool.size()),
            .expected = "at most half of all heads edited"});
    const std::vector<HeadRef> targets = drawn(pool, heads.size(), seed);
    EditList control;
    for (const auto &[name, members] : edited.groups())
        if (!name.starts_with(kControl))
            control.setGroup(name, members);
    for (std::size_t place = 0; place < heads.size(); ++place)
        control = pastedEdits(control, copyEdits(edited, {heads[place]}), {targets[place]}, grid);
    control.setGroup(controlName(seed), control.heads());
    return control;
}

EditList ControlDraw::next(const EditList &edits, const HeadGrid &grid)
{
    const bool goesOn = !m_drawn.isEmpty() && edits == m_drawn;
    if (!goesOn) {
        m_origin = edits;
        m_seed = std::max(m_seed, controlSeed(edits).value_or(0));
    }
    for (int draw = 1;; ++draw) {
        try {
            m_drawn = randomControl(m_origin, grid, ++m_seed);
            return m_drawn;
        } catch (const RequestError &) {
            // Two heads of a KV group may have drawn different factors of one stored key.
            const bool isTooMany = m_origin.heads().size() * 2
                > static_cast<std::size_t>(grid.layerCount) * static_cast<std::size_t>(grid.headCount);
            if (m_origin.isEmpty() || isTooMany || draw == kMostDraws)
                throw;
        }
    }
}

} // namespace sinkscope::ui
