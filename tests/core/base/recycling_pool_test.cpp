// SPDX-License-Identifier: Apache-2.0
// The recycling pool: memory comes back, references decide when, objects outlive the pool.
#include "core/base/recycling_pool.h"

#include <gtest/gtest.h>

#include <thread>
#include <vector>

namespace sinkscope {

namespace {

struct Buffer {
    std::vector<int> values;
    std::shared_ptr<int> held;

    void recycled() { held.reset(); }
};

} // namespace

TEST(RecyclingPool, HandsOutWhatCameBackAsItWas)
{
    RecyclingPool<Buffer> pool;
    std::shared_ptr<Buffer> first = pool.take();
    first->values.assign(100, 7);
    const int *memory = first->values.data();
    first.reset();
    const std::shared_ptr<Buffer> second = pool.take();
    EXPECT_EQ(second->values.data(), memory);
    EXPECT_EQ(second->values, std::vector<int>(100, 7));
}

TEST(RecyclingPool, AnObjectIsFreeOnlyWhenItsLastReferenceGoes)
{
    RecyclingPool<Buffer> pool;
    std::shared_ptr<Buffer> first = pool.take();
    std::shared_ptr<const Buffer> alsoFirst = first;
    first.reset();
    EXPECT_NE(pool.take().get(), alsoFirst.get());
}

TEST(RecyclingPool, TellsAnObjectThatItCameBack)
{
    RecyclingPool<Buffer> pool;
    const auto held = std::make_shared<int>(1);
    std::shared_ptr<Buffer> buffer = pool.take();
    buffer->held = held;
    EXPECT_EQ(held.use_count(), 2);
    buffer.reset();
    EXPECT_EQ(held.use_count(), 1);
}

TEST(RecyclingPool, ClearFreesWhatNobodyHolds)
{
    RecyclingPool<Buffer> pool;
    const std::shared_ptr<Buffer> kept = pool.take();
    kept->values.assign(3, 1);
    pool.take()->values.assign(100, 7);
    pool.clear();
    EXPECT_TRUE(pool.take()->values.empty());
    EXPECT_EQ(kept->values.size(), 3U);
}

TEST(RecyclingPool, ObjectsOutliveIt)
{
    std::shared_ptr<Buffer> buffer;
    {
        RecyclingPool<Buffer> pool;
        buffer = pool.take();
        buffer->values.assign(10, 5);
    }
    EXPECT_EQ(buffer->values.back(), 5);
}

TEST(RecyclingPool, ReferencesMayGoOnOtherThreads)
{
    RecyclingPool<Buffer> pool;
    for (int round = 0; round < 500; ++round) {
        std::shared_ptr<Buffer> buffer = pool.take();
        buffer->values.assign(16, round);
        std::thread reader([mine = std::shared_ptr<const Buffer>(buffer), round] {
            EXPECT_EQ(mine->values.front(), round);
        });
        buffer.reset();
        reader.join();
    }
}

} // namespace sinkscope
