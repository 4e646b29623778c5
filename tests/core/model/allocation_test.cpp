// SPDX-License-Identifier: Apache-2.0
// A pass allocates nothing once its buffers exist.
#include "tests/core/model/test_edits.h"
#include "tests/support/model_session.h"
#include "tests/support/tiny_model.h"

#include <atomic>
#include <cstdlib>
#include <gtest/gtest.h>
#include <new>

namespace {

std::atomic<bool> counting {false}; // NOLINT: the counter of a replaced operator new has to be global
std::atomic<int> allocations {0}; // NOLINT

void *counted(std::size_t size, std::size_t alignment)
{
    if (counting)
        ++allocations;
    const std::size_t rounded = (size + alignment - 1) / alignment * alignment;
    void *memory = std::aligned_alloc(alignment, rounded == 0 ? alignment : rounded);
    if (!memory)
        throw std::bad_alloc();
    return memory;
}

} // namespace

void *operator new(std::size_t size)
{
    return counted(size, alignof(std::max_align_t));
}
void *operator new(std::size_t size, std::align_val_t alignment)
{
    return counted(size, static_cast<std::size_t>(alignment));
}
void operator delete(void *memory) noexcept
{
    std::free(memory);
}
void operator delete(void *memory, std::size_t) noexcept
{
    std::free(memory);
}
void operator delete(void *memory, std::align_val_t) noexcept
{
    std::free(memory);
}
void operator delete(void *memory, std::size_t, std::align_val_t) noexcept
{
    std::free(memory);
}

namespace sinkscope {
namespace {

int allocationsOf(test::ModelSession &session, const PassRequest &request)
{
    // What is shown stays alive while the next pass runs, as in the window.
    std::shared_ptr<const PassResult> shown;
    for (int warmUp = 0; warmUp < 3; ++warmUp)
        shown = session.transformer().run(request, {});
    allocations = 0;
    counting = true;
    for (int pass = 0; pass < 3; ++pass)
        shown = session.transformer().run(request, {});
    counting = false;
    return allocations;
}

TEST(Allocation, TheCounterCounts)
{
    allocations = 0;
    counting = true;
    const auto one = std::make_unique<int>(1);
    counting = false;
    EXPECT_EQ(allocations, 1);
}

TEST(Allocation, NoneInAPassAfterTheFirst)
{
    for (const GemmBackend backend : {GemmBackend::Amx, GemmBackend::Packed, GemmBackend::Blas}) {
        SCOPED_TRACE(gemmBackendName(backend));
        LoadOptions load;
        load.backend = backend;
        test::ModelSession session(test::writeTinyModel(), load);
        std::vector<TokenId> tokens;
        tokens.reserve(70);
        for (int at = 0; at < 70; ++at)
            tokens.emplace_back(at);
        PassRequest request;
        request.tokens = tokens;
        EXPECT_EQ(allocationsOf(session, request), 0) << "full pass";

        request.restartFrom = session.transformer().run(request, {});
        request.restartLayer = LayerIndex(1);
        EXPECT_EQ(allocationsOf(session, request), 0) << "restart";

        request.restartRow = TokenPos(60);
        EXPECT_EQ(allocationsOf(session, request), 0) << "restart of late rows";

        request = {};
        request.tokens = tokens;
        request.capture.patternBudgetBytes = patternBytes(session.model().config, 70, PatternPrecision::Half);
        EXPECT_EQ(allocationsOf(session, request), 0) << "patterns in half precision";
        request.capture.patternBudgetBytes = 0;
        request.capture.patternLayers = {LayerIndex(1)};
        EXPECT_EQ(allocationsOf(session, request), 0) << "patterns of one layer";
    }
}

// A slider step is a restart under an edit.
TEST(Allocation, NoneInAnEditedPassAfterTheFirst)
{
    test::ModelSession session(test::writeTinyModel());
    std::vector<TokenId> tokens;
    for (int at = 0; at < 20; ++at)
        tokens.emplace_back(at);
    PassRequest request;
    request.tokens = tokens;
    const auto baseline = session.transformer().run(request, {});
    std::vector<test::NamedIntervention> edited = test::manyInterventions();
    FrozenEdit moved;
    moved.keys = {TokenPos(2), TokenPos(3)};
    moved.amount = 0.4;
    FrozenEdit raised = moved;
    raised.kind = FrozenEdit::Kind::RowBias;
    raised.rowValues.assign(tokens.size(), 0.5);
    Intervention frozen;
    frozen.add(moved);
    frozen.add(raised);
    frozen.setGroup("a group whose name is longer than a short string", {{LayerIndex(0), HeadIndex(1)}});
    edited.push_back({"frozen baselines and a group", frozen});
    for (const test::NamedIntervention &named : edited) {
        SCOPED_TRACE(named.name);
        request.intervention = &named.intervention;
        request.restartFrom = nullptr;
        request.restartLayer = {};
        EXPECT_EQ(allocationsOf(session, request), 0) << "full pass";
        request.restartFrom = baseline;
        request.restartLayer = named.intervention.lowestLayer().value_or(LayerIndex(0));
        EXPECT_EQ(allocationsOf(session, request), 0) << "restart";
    }
}

} // namespace
} // namespace sinkscope
