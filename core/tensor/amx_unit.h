// SPDX-License-Identifier: Apache-2.0
// The tile unit of x86-64 processors (AMX): whether this one has it, and the kernel on it.
#pragma once

#include "core/tensor/tile_kernel.h"

#include <string>

namespace sinkscope {

/// Whether the kernel for the tile unit is part of this program (x86-64 Linux, an assembler that knows it).
bool amxBuilt();

/// Why the tile unit cannot be used, in words; empty when it can. Looks at what the processor has (CPUID) and
/// what the system grants (XGETBV, arch_prctl), once a process: the first call asks the system for leave,
/// which holds for all threads.
const std::string &amxAbsence();

/// multiplyTilePanel on the processor's tile unit; nullptr where amxAbsence() has a reason.
TileKernel amxKernelOrNull();

} // namespace sinkscope
