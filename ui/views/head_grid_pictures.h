// SPDX-License-Identifier: Apache-2.0
// The thumbnails of the grid as images, made when they are needed and kept under a budget of bytes.
#pragma once

#include "ui/views/head_grid_data.h"
#include "ui/views/head_map_tiles.h"
#include "ui/views/head_thumbnail.h"

#include <array>
#include <chrono>
#include <optional>
#include <span>
#include <vector>

namespace sinkscope::ui {

/// Owner: HeadGridView. Threads: GUI thread. Validity: refers to the view's data.
class HeadGridPictures {
public:
    explicit HeadGridPictures(const HeadGridData &data)
        : m_data(data)
    {
    }

    static constexpr std::size_t kUsualBudgetBytes = std::size_t {16} << 20;
    void setBudget(std::size_t bytes) { m_images.setBudget(bytes); }
    void setTheme(const Theme &theme);
    void setSize(const ThumbnailSize &size);
    const ThumbnailSize &size() const { return m_size; }
    void takeData(); ///< the data were replaced: what shows something else is made anew when it is needed

    /// The picture as it was made last, perhaps of earlier values; nullptr where there is none.
    const QImage *find(HeatmapCell cell);
    bool isCurrent(HeatmapCell cell); ///< there, and of the present values
    const QImage &make(HeatmapCell cell);
    /// Makes those of `cells` that are not current, the longest unmade first, until `limit` is over (the
    /// first one in any case). True when all are current now.
    bool makeSome(std::span<const HeatmapCell> cells, std::chrono::microseconds limit);

    /// Of all heads; for AllHeads.
    const HeadMapScales &sharedScales() const { return m_shared; }
    std::size_t bytes() const { return m_images.bytes(); }
    std::size_t budget() const { return m_images.budget(); }
    std::size_t madeCount() const { return m_madeCount; } ///< since the start (tests)

private:
    struct Made {
        unsigned version = 0;
        unsigned look = 0; ///< 0: never made
        std::uint64_t when = 0;
        std::optional<HeadMapScales> scales; ///< of its own range
    };
    /// Of baseline, edited or difference: going from one to another makes nothing anew.
    struct OfMode {
        std::vector<Made> made; ///< [layers * heads]
        unsigned look = 1; ///< another number: all pictures are made anew
        double maximum = 0.0; ///< the ends of the shared range
        double keyZeroChange = 0.0;
    };
    enum class Reading { None, Present };
    HeadMapData mapOf(const HeadGridReading &reading, Reading present) const;
    TileKey keyOf(HeatmapCell cell) const
    {
        return {m_size.map * kModes + int(m_data.mode), cell.layer, cell.head};
    }
    void forgetAll();
    OfMode &ofMode() { return m_modes[std::size_t(m_data.mode)]; }

    static constexpr int kModes = 3;
    const HeadGridData &m_data;
    Theme m_theme;
    ThumbnailSize m_size;
    TileCache m_images {kUsualBudgetBytes};
    HeadMapScales m_shared;
    std::array<OfMode, kModes> m_modes;
    HeadGridData m_former; ///< what colours all pictures; without its arrays
    std::uint64_t m_clock = 0;
    std::size_t m_madeCount = 0;
};

} // namespace sinkscope::ui
