// SPDX-License-Identifier: Apache-2.0
// Cells of the head map as rows of a table.
#include "ui/views/head_map_strongest.h"

#include "ui/views/head_map_values.h"

#include <algorithm>
#include <cmath>
#include <functional>

namespace sinkscope::ui {

namespace {

struct Candidate {
    float strength = 0.0F;
    HeadMapCell cell;

    // Equal ones in the order of reading.
    bool operator>(const Candidate &other) const
    {
        if (strength != other.strength)
            return strength > other.strength;
        return cell.query != other.cell.query ? cell.query < other.cell.query : cell.key < other.cell.key;
    }
};

HeadMapCellRow rowOf(const HeadMapData &data, HeadMapCell cell)
{
    HeadMapCellRow row {cell, quantityOf(shownSide(data), data.quantity, cell),
        quantityOf(data.baseline, data.quantity, cell), 0.0F};
    row.change = quantityOf(data.edited, data.quantity, cell) - row.baseline;
    return row;
}

} // namespace

std::vector<HeadMapCellRow> strongestCells(const HeadMapData &data, int count)
{
    const auto most = std::size_t(std::max(0, count));
    if (!hasShownPattern(data) || most == 0)
        return {};
    const int firstKey = data.keyZero == KeyZeroPlace::Apart ? 1 : 0;
    const bool isChange = data.mode == HeadMapMode::Difference;
    std::vector<float> values(std::size_t(data.tokenCount()));
    std::vector<Candidate> best; // a heap, its weakest in front
    for (int query = firstRangeRow(data.tokenCount()); query < data.tokenCount(); ++query) {
        const int keys = query + 1 - firstKey;
        if (keys <= 0)
            continue;
        readShownRow(data, query, firstKey, std::span(values).first(std::size_t(keys)));
        for (int key = 0; key < keys; ++key) {
            const float value = values[std::size_t(key)];
            const Candidate next {isChange ? std::abs(value) : value, {query, firstKey + key}};
            if (best.size() == most && !(next > best.front()))
                continue;
            if (best.size() == most) {
                std::pop_heap(best.begin(), best.end(), std::greater<>());
                best.pop_back();
            }
            best.push_back(next);
            std::push_heap(best.begin(), best.end(), std::greater<>());
        }
    }
    std::sort(best.begin(), best.end(), std::greater<>());
    std::vector<HeadMapCellRow> rows;
    rows.reserve(best.size());
    for (const Candidate &candidate : best)
        rows.push_back(rowOf(data, candidate.cell));
    return rows;
}

std::vector<HeadMapCellRow> cellRows(const HeadMapData &data, std::span<const HeadMapCell> cells)
{
    std::vector<HeadMapCellRow> rows;
    for (const HeadMapCell &cell : cells) {
        if (cell.query >= 0 && cell.query < data.tokenCount() && cell.key >= 0 && cell.key <= cell.query)
            rows.push_back(rowOf(data, cell));
    }
    return rows;
}

} // namespace sinkscope::ui
