// SPDX-License-Identifier: Apache-2.0
// Shared objects whose memory is used again once their last holder lets go.
#pragma once

#include <memory>
#include <mutex>
#include <new>
#include <vector>

namespace sinkscope {

/// Hands out objects as shared_ptr and takes them back, buffers and all, when the last reference goes: a pass
/// writes megabytes of records, and fresh pages cost as much as a tenth of it. After a first round take()
/// does not allocate. Owner: who makes the objects. Threads: take() from one, references may go on any.
/// Validity: objects may outlive the pool. T may have `void recycled()`, called when it comes back (to drop
/// references of its own).
template <typename T> class RecyclingPool {
public:
    RecyclingPool()
        : m_shelf(std::make_shared<Shelf>())
    {
    }

    /// An object as its last holder left it, or a new one.
    std::shared_ptr<T> take()
    {
        std::unique_ptr<T> object;
        {
            const std::lock_guard lock(m_shelf->mutex);
            if (m_shelf->objects.empty()) {
                object = std::make_unique<T>();
                ++m_shelf->made;
                m_shelf->objects.reserve(m_shelf->made); // so that giving back never allocates
                m_shelf->blocks.reserve(m_shelf->made);
            } else {
                object = std::move(m_shelf->objects.back());
                m_shelf->objects.pop_back();
            }
        }
        return std::shared_ptr<T>(object.release(), GiveBack {m_shelf}, BlockAllocator<T> {m_shelf});
    }

    /// Frees the objects that nobody holds.
    void clear()
    {
        std::vector<std::unique_ptr<T>> freed;
        const std::lock_guard lock(m_shelf->mutex);
        freed.swap(m_shelf->objects);
    }

private:
    struct Shelf {
        Shelf() = default;
        Shelf(const Shelf &) = delete;
        Shelf &operator=(const Shelf &) = delete;
        ~Shelf()
        {
            for (void *block : blocks)
                ::operator delete(block);
        }
        std::mutex mutex;
        std::size_t made = 0; // all below and this guarded by mutex
        std::vector<std::unique_ptr<T>> objects;
        std::vector<void *> blocks; // of shared_ptr's own counters
    };

    struct GiveBack {
        std::shared_ptr<Shelf> shelf;
        void operator()(T *object) const
        {
            std::unique_ptr<T> owned(object);
            if constexpr (requires { object->recycled(); })
                object->recycled();
            const std::lock_guard lock(shelf->mutex);
            shelf->objects.push_back(std::move(owned));
        }
    };

    // Every control block of this pool has one size, so any free block fits.
    template <typename Block> struct BlockAllocator {
        using value_type = Block;
        std::shared_ptr<Shelf> shelf;

        explicit BlockAllocator(std::shared_ptr<Shelf> owner)
            : shelf(std::move(owner))
        {
        }
        template <typename Other>
        BlockAllocator(const BlockAllocator<Other> &other) // implicit: rebinding
            : shelf(other.shelf)
        {
        }
        Block *allocate(std::size_t count)
        {
            {
                const std::lock_guard lock(shelf->mutex);
                if (!shelf->blocks.empty()) {
                    void *block = shelf->blocks.back();
                    shelf->blocks.pop_back();
                    return static_cast<Block *>(block);
                }
            }
            return static_cast<Block *>(::operator new(count * sizeof(Block)));
        }
        void deallocate(Block *block, std::size_t)
        {
            const std::lock_guard lock(shelf->mutex);
            shelf->blocks.push_back(block);
        }
        template <typename Other> bool operator==(const BlockAllocator<Other> &other) const
        {
            return shelf == other.shelf;
        }
    };

    std::shared_ptr<Shelf> m_shelf;
};

} // namespace sinkscope
