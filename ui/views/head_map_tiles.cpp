// SPDX-License-Identifier: Apache-2.0
// Parts of a large picture, kept under a budget of bytes.
#include "ui/views/head_map_tiles.h"

#include <utility>

namespace sinkscope::ui {

const QImage *TileCache::find(const TileKey &key)
{
    const auto found = m_tiles.find(key);
    if (found == m_tiles.end())
        return nullptr;
    m_uses.splice(m_uses.begin(), m_uses, found->second.use);
    return &found->second.image;
}

const QImage &TileCache::insert(const TileKey &key, QImage image)
{
    if (const auto former = m_tiles.find(key); former != m_tiles.end()) {
        m_bytes -= std::size_t(former->second.image.sizeInBytes());
        m_uses.erase(former->second.use);
        m_tiles.erase(former);
    }
    m_bytes += std::size_t(image.sizeInBytes());
    while (m_bytes > m_budgetBytes && !m_uses.empty()) {
        const auto oldest = m_tiles.find(m_uses.back());
        m_bytes -= std::size_t(oldest->second.image.sizeInBytes());
        m_tiles.erase(oldest);
        m_uses.pop_back();
    }
    m_uses.push_front(key);
    return m_tiles.insert_or_assign(key, Tile {std::move(image), m_uses.begin()}).first->second.image;
}

void TileCache::clear()
{
    m_tiles.clear();
    m_uses.clear();
    m_bytes = 0;
}

} // namespace sinkscope::ui
