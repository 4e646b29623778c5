// SPDX-License-Identifier: Apache-2.0
// The figures of a pass that a session keeps, and how far figures computed later lie from them.
#pragma once

#include "core/analysis/snapshot.h"
#include "core/project/project.h"

#include <string>
#include <vector>

namespace sinkscope {

/// "packed, AVX-512, 0.1.0": figures computed with the same are the same, bit by bit, whatever the number of
/// threads and the passes before (not on OpenBLAS, which orders sums by what it finds).
std::string computedWith(GemmBackend backend);

/// The figures of `snapshot`. Throws RequestError when it is not a complete, exact one.
SnapshotFigures figuresOf(const Snapshot &snapshot, GemmBackend backend);

/// One figure, as it is in the file and as it was computed now.
struct FigureDifference {
    std::string figure; ///< e.g. "ln p of \" Paris\"", "a0 of L15H3"
    double stored = 0.0;
    double now = 0.0;
    double difference = 0.0; ///< |now - stored|; infinite where one of them is no number
    double tolerance = 0.0; ///< with its reason in snapshot_figures.cpp

    bool holds() const { return difference <= tolerance; }
};

/// The figure that is farthest from its tolerance.
struct FigureComparison {
    FigureDifference worst;
    int compared = 0; ///< figures
    int failed = 0; ///< of them, those that do not hold

    bool ok() const { return failed == 0; }
};

/// Compares `stored` with `now`, a complete snapshot of the same request. Figures computed with the same
/// backend, instruction set and version must be equal; others may differ by what fp32 differs.
FigureComparison compareFigures(const SnapshotFigures &stored, const Snapshot &now, GemmBackend backend);

} // namespace sinkscope
