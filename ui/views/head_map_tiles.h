// SPDX-License-Identifier: Apache-2.0
// Parts of a large picture, kept under a budget of bytes.
#pragma once

#include <QImage>

#include <compare>
#include <cstddef>
#include <list>
#include <map>

namespace sinkscope::ui {

/// Which part of the map, in which size.
struct TileKey {
    int contentRows = 0; ///< px rows of the whole picture; 0 stands for one px a token
    int row = 0; ///< in tiles
    int column = 0;
    auto operator<=>(const TileKey &) const = default;
};

/// Images by key; those not asked for longest go first. Owner: HeadMapPicture, HeadGridPictures. Threads: GUI
/// thread.
class TileCache {
public:
    explicit TileCache(std::size_t budgetBytes)
        : m_budgetBytes(budgetBytes)
    {
    }

    void setBudget(std::size_t bytes) { m_budgetBytes = bytes; } ///< from the next insert on
    /// nullptr when it is not kept. Valid until the next insert or clear.
    const QImage *find(const TileKey &key);
    /// Takes the place of one of the same key, and lets older ones go until the budget holds; one image
    /// alone may exceed it.
    const QImage &insert(const TileKey &key, QImage image);
    void clear();
    std::size_t bytes() const { return m_bytes; }
    std::size_t budget() const { return m_budgetBytes; }
    std::size_t count() const { return m_tiles.size(); }

private:
    struct Tile {
        QImage image;
        std::list<TileKey>::iterator use;
    };

    std::size_t m_budgetBytes;
    std::size_t m_bytes = 0;
    std::list<TileKey> m_uses; // latest first
    std::map<TileKey, Tile> m_tiles;
};

} // namespace sinkscope::ui
