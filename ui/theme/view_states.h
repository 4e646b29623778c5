// SPDX-License-Identifier: Apache-2.0
// States that several widgets are told: how much room they have, and whether their values are of now.
#pragma once

namespace sinkscope::ui {

/// How much room the window has.
enum class Density { Full, Compact };

/// Whether values answer what is asked now, or something earlier.
enum class Freshness { Fresh, Stale };

/// What is known of the small curve of a row.
enum class RowCurve { Absent, Computing, Old, Present };

} // namespace sinkscope::ui
