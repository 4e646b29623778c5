// SPDX-License-Identifier: Apache-2.0
// Reads safetensors files of reference data; every length is checked.
#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <vector>

namespace sinkscope::test {

/// One array of a safetensors file. Integers are exact up to 2^53.
struct ReferenceArray {
    std::string dtype; ///< F32, F64, I32, I64 or U8
    std::vector<std::size_t> shape; ///< row-major
    std::vector<double> values;
};

using ReferenceArrays = std::map<std::string, ReferenceArray>;

/// All arrays of `path`. Throws std::runtime_error when the file is absent, damaged or holds another type.
ReferenceArrays readSafetensors(const std::string &path);

/// The array `name`; throws std::runtime_error naming it when it is absent.
const ReferenceArray &arrayNamed(const ReferenceArrays &arrays, const std::string &name);

} // namespace sinkscope::test
