// SPDX-License-Identifier: Apache-2.0
// Interventions as JSON (used by the command line, sessions and tests) and as short specs ("L15H3=0.3").
#pragma once

#include "core/intervention/intervention.h"

#include <string>
#include <string_view>

namespace sinkscope {

/// Reads `[{"layer":15,"head":3,"gamma":0.3,"key":0,"kind":"probability","queries":"all"}]`. Missing `key`,
/// `kind` and `queries` mean 0, probability, all. `key`: index or "firstNonPad"; or `keys`: [a,b]
/// (half-open); queries: "all" | "last" | {"from":s} | [s,e] (half-open). Kind bias has `value` instead of
/// `gamma`, ablate neither. `{"baseline":"act",...}` stands for a baseline.
/// `{"edits":[...],"groups":{"up":[[L,H],...]}}` holds groups too. Unknown fields, kinds and types are
/// refused. `sourceName` (a path) is named in errors. Throws Error.
Intervention interventionFromJson(std::string_view text, const std::string &sourceName);

/// The same form, one edit a line, baselines first, ending with a newline: a list, or an object where there
/// are groups. Frozen edits belong to one prompt and are not written.
std::string interventionToJson(const Intervention &intervention);

/// Applies a spec to `intervention`: `L15H3=0.3`, `L15=2` (all its heads), `L10-19H0,4=0.5` (ranges
/// inclusive), `all=1.5`. Later specs override earlier ones. Throws SyntaxError that quotes the spec and
/// shows the forms, RequestError for a layer or head that `grid` does not have; `intervention` is then
/// unchanged.
void applyEditSpec(Intervention &intervention, std::string_view spec, const HeadGrid &grid);

} // namespace sinkscope
