// SPDX-License-Identifier: Apache-2.0
// Detection of AMX and its instructions. Nothing here runs before the detection has found the unit.
#include "core/tensor/amx_unit.h"

#if SINKSCOPE_AMX_BUILT
#include <cpuid.h>
#include <sys/syscall.h>
#include <unistd.h>
#endif

namespace sinkscope {

#if SINKSCOPE_AMX_BUILT

namespace {

// Intel SDM vol. 1, 18.3 and vol. 2A, CPUID; Linux Documentation/arch/x86/xstate.rst.
constexpr unsigned kOsXsave = 1U << 27; // CPUID 1, ECX: XGETBV can be used
constexpr unsigned kAmxBf16 = 1U << 22; // CPUID 7.0, EDX
constexpr unsigned kAmxTile = 1U << 24;
constexpr unsigned kTileConfigState = 17; // components of the extended state
constexpr unsigned kTileDataState = 18;
constexpr long kRequestPermission = 0x1023; // ARCH_REQ_XCOMP_PERM

/// XCR0: the parts of the extended state that the system saves.
std::uint64_t enabledState()
{
    std::uint32_t low = 0;
    std::uint32_t high = 0;
    asm volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return std::uint64_t {high} << 32 | low;
}

std::string findAbsence()
{
    unsigned a = 0;
    unsigned b = 0;
    unsigned c = 0;
    unsigned d = 0;
    if (!__get_cpuid(1, &a, &b, &c, &d) || (c & kOsXsave) == 0)
        return "the system does not save extended processor state";
    if (!__get_cpuid_count(7, 0, &a, &b, &c, &d) || (d & kAmxTile) == 0 || (d & kAmxBf16) == 0)
        return "the processor has no AMX tiles with bf16 products";
    constexpr std::uint64_t kTiles =
        std::uint64_t {1} << kTileConfigState | std::uint64_t {1} << kTileDataState;
    if ((enabledState() & kTiles) != kTiles)
        return "the system does not enable the AMX tiles of the processor";
    if (syscall(SYS_arch_prctl, kRequestPermission, kTileDataState) != 0)
        return "the system refuses this process the AMX tiles of the processor";
    return {};
}

/// The memory operand of LDTILECFG: palette 1, every tile of 16 rows of 64 bytes.
struct TileConfiguration {
    std::uint8_t palette = 1;
    std::uint8_t startRow = 0;
    std::uint8_t reserved[14] = {};
    std::uint16_t rowBytes[16] = {64, 64, 64, 64, 64, 64, 64, 64};
    std::uint8_t rows[16] = {16, 16, 16, 16, 16, 16, 16, 16};
};
static_assert(sizeof(TileConfiguration) == 64);
alignas(64) constexpr TileConfiguration kConfiguration;

/// The processor's tiles. The compiler knows nothing of them: each statement is volatile, so their order
/// stays, and those that touch memory say so (the intrinsics of g++ 12 do not, and read stale values).
class HardwareTiles {
public:
    HardwareTiles() { asm volatile("ldtilecfg %0" : : "m"(kConfiguration)); }
    ~HardwareTiles() { asm volatile("tilerelease"); } // idle tiles cost each switch of threads
    HardwareTiles(const HardwareTiles &) = delete;
    HardwareTiles &operator=(const HardwareTiles &) = delete;

    template <int kTile> void zero() { asm volatile("tilezero %%tmm%c0" : : "i"(kTile)); }
    template <int kTile> void load(const std::uint16_t *tile)
    {
        asm volatile("tileloadd (%0,%1,1), %%tmm%c2" : : "r"(tile), "r"(kRowBytes), "i"(kTile) : "memory");
    }
    template <int kTile> void store(float *sums, std::size_t stride)
    {
        asm volatile("tilestored %%tmm%c2, (%0,%1,1)"
                     :
                     : "r"(sums), "r"(stride * sizeof(float)), "i"(kTile)
                     : "memory");
    }
    template <int kSums, int kActivations, int kWeights> void addProduct()
    {
        asm volatile("tdpbf16ps %%tmm%c2, %%tmm%c1, %%tmm%c0"
                     :
                     : "i"(kSums), "i"(kActivations), "i"(kWeights));
    }
    void prefetch(const char *line) { __builtin_prefetch(line, 0, 2); } // into the second-level cache

private:
    static constexpr std::size_t kRowBytes = kTileInputs * sizeof(std::uint16_t);
};

} // namespace

bool amxBuilt()
{
    return true;
}

const std::string &amxAbsence()
{
    static const std::string absence = findAbsence();
    return absence;
}

TileKernel amxKernelOrNull()
{
    return amxAbsence().empty() ? &multiplyTilePanel<HardwareTiles> : nullptr;
}

#else

bool amxBuilt()
{
    return false;
}

const std::string &amxAbsence()
{
    static const std::string absence = "this program was built without it (it needs x86-64 Linux)";
    return absence;
}

TileKernel amxKernelOrNull()
{
    return nullptr;
}

#endif

} // namespace sinkscope
