// SPDX-License-Identifier: Apache-2.0
// The thumbnails of the grid as images.
#include "ui/views/head_grid_pictures.h"

#include <algorithm>
#include <iterator>
#include <tuple>

namespace sinkscope::ui {

namespace {

/// All that colours every picture, or turns them into those of another prompt or model.
auto lookOf(const HeadGridData &data)
{
    return std::tie(data.scale, data.range, data.keyZero, data.layers, data.heads, data.tokens);
}

} // namespace

void HeadGridPictures::setTheme(const Theme &theme)
{
    m_theme = theme;
    forgetAll();
}

void HeadGridPictures::setSize(const ThumbnailSize &size)
{
    if (m_size == size)
        return;
    m_size = size;
    forgetAll();
}

void HeadGridPictures::forgetAll()
{
    m_images.clear();
    for (OfMode &mode : m_modes)
        mode.made.assign(std::size_t(m_data.cellCount()), {});
}

void HeadGridPictures::takeData()
{
    if (lookOf(m_data) != lookOf(m_former) || ofMode().made.size() != std::size_t(m_data.cellCount())) {
        forgetAll();
        m_former.scale = m_data.scale;
        m_former.range = m_data.range;
        m_former.keyZero = m_data.keyZero;
        m_former.layers = m_data.layers;
        m_former.heads = m_data.heads;
        m_former.tokens = m_data.tokens;
    }
    if (m_data.range != HeadMapRange::AllHeads)
        return;
    OfMode &mode = ofMode();
    if (mode.maximum != m_data.sharedMaximum || mode.keyZeroChange != m_data.sharedKeyZeroChange)
        ++mode.look; // the former pictures stay until the others are made: no flicker
    mode.maximum = m_data.sharedMaximum;
    mode.keyZeroChange = m_data.sharedKeyZeroChange;
    m_shared = headMapScales(mapOf({}, Reading::None));
    // Rows of few keys, which set no range, may lie beyond it; a weight is never above 1.
    m_shared.isClipped = m_data.mode != HeadMapMode::Difference && m_shared.rest.maximum < 1.0;
}

/// `reading` as the large map has it, so that colours mean the same.
HeadMapData HeadGridPictures::mapOf(const HeadGridReading &reading, Reading present) const
{
    HeadMapData map;
    map.tokens.resize(present == Reading::Present ? std::size_t(m_data.tokens) : 0);
    map.baseline = reading.baseline;
    map.edited = reading.edited;
    map.mode = m_data.mode;
    map.form = m_data.scale;
    map.range = m_data.range;
    map.keyZero = m_data.keyZero;
    map.sharedMaximum = m_data.sharedMaximum;
    map.heldKeyZeroMaximum = m_data.range == HeadMapRange::AllHeads ? m_data.sharedKeyZeroChange : 0.0;
    return map;
}

const QImage *HeadGridPictures::find(HeatmapCell cell)
{
    return m_images.find(keyOf(cell));
}

bool HeadGridPictures::isCurrent(HeatmapCell cell)
{
    const Made &made = ofMode().made[m_data.at(cell)];
    return made.look == ofMode().look && made.version == m_data.versions[m_data.at(cell)]
        && find(cell) != nullptr;
}

const QImage &HeadGridPictures::make(HeatmapCell cell)
{
    Made &made = ofMode().made[m_data.at(cell)];
    const HeadMapData map = mapOf(m_data.read(cell), Reading::Present);
    const bool isShared = m_data.range == HeadMapRange::AllHeads;
    if (!isShared && !(m_data.holdsRanges && made.scales))
        made.scales = headMapScales(map);
    made.look = ofMode().look;
    made.version = m_data.versions[m_data.at(cell)];
    made.when = ++m_clock;
    ++m_madeCount;
    return m_images.insert(
        keyOf(cell), headThumbnail(map, isShared ? m_shared : *made.scales, m_size, m_theme));
}

bool HeadGridPictures::makeSome(std::span<const HeatmapCell> cells, std::chrono::microseconds limit)
{
    using Clock = std::chrono::steady_clock;
    std::vector<HeatmapCell> wanted;
    std::copy_if(cells.begin(), cells.end(), std::back_inserter(wanted),
        [this](HeatmapCell cell) { return !isCurrent(cell); });
    // Those that have no picture first; during a drag each gets its turn.
    const auto when = [this](
                          HeatmapCell cell) { return find(cell) ? ofMode().made[m_data.at(cell)].when : 0; };
    std::stable_sort(wanted.begin(), wanted.end(),
        [&when](HeatmapCell first, HeatmapCell second) { return when(first) < when(second); });
    const auto start = Clock::now();
    std::size_t made = 0;
    for (const HeatmapCell cell : wanted) {
        if (made > 0 && Clock::now() - start >= limit)
            break;
        make(cell);
        ++made;
    }
    return made == wanted.size();
}

} // namespace sinkscope::ui
