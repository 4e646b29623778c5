// SPDX-License-Identifier: Apache-2.0
// How long work is stopped and how it reports where it is.
#pragma once

#include <functional>
#include <stop_token>
#include <string>

namespace sinkscope {

/// Outcome of work that may be cancelled: cancelling is a status, not an error.
enum class WorkStatus { Completed, Cancelled };

/// Reports progress: `fraction` in 0..1, `step` a short phrase such as "tensor 100 of 272".
/// Called on the thread that works; must be cheap.
using ProgressFn = std::function<void(double fraction, const std::string &step)>;

using StopToken = std::stop_token;

} // namespace sinkscope
