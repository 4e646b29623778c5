// SPDX-License-Identifier: Apache-2.0
// Row-major fp32 matrices: views without ownership, and one owning buffer.
#pragma once

#include <cassert>
#include <cstddef>
#include <span>
#include <vector>

namespace sinkscope {

/// Read-only row-major view. Validity: while the viewed memory lives.
struct MatrixView {
    const float *data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0; ///< floats from one row to the next, >= columns

    MatrixView() = default;
    MatrixView(const float *values, std::size_t rowCount, std::size_t columnCount)
        : MatrixView(values, rowCount, columnCount, columnCount)
    {
    }
    MatrixView(const float *values, std::size_t rowCount, std::size_t columnCount, std::size_t rowStride)
        : data(values)
        , rows(rowCount)
        , columns(columnCount)
        , stride(rowStride)
    {
    }
    std::span<const float> row(std::size_t index) const { return {data + index * stride, columns}; }
};

/// Writable row-major view.
struct MutableMatrixView {
    float *data = nullptr;
    std::size_t rows = 0;
    std::size_t columns = 0;
    std::size_t stride = 0;

    MutableMatrixView() = default;
    MutableMatrixView(float *values, std::size_t rowCount, std::size_t columnCount)
        : MutableMatrixView(values, rowCount, columnCount, columnCount)
    {
    }
    MutableMatrixView(float *values, std::size_t rowCount, std::size_t columnCount, std::size_t rowStride)
        : data(values)
        , rows(rowCount)
        , columns(columnCount)
        , stride(rowStride)
    {
    }
    std::span<float> row(std::size_t index) const { return {data + index * stride, columns}; }
    operator MatrixView() const { return {data, rows, columns, stride}; }
};

/// Owning row-major fp32 matrix, zero-initialised.
class Matrix {
public:
    Matrix() = default;
    Matrix(std::size_t rows, std::size_t columns)
        : m_rows(rows)
        , m_columns(columns)
        , m_values(rows * columns)
    {
    }
    std::size_t rows() const { return m_rows; }
    std::size_t columns() const { return m_columns; }
    bool empty() const { return m_values.empty(); }
    std::size_t byteSize() const { return m_values.size() * sizeof(float); }
    std::span<float> values() { return m_values; }
    std::span<const float> values() const { return m_values; }
    std::span<float> row(std::size_t index) { return {m_values.data() + index * m_columns, m_columns}; }
    std::span<const float> row(std::size_t index) const
    {
        return {m_values.data() + index * m_columns, m_columns};
    }
    float &at(std::size_t row, std::size_t column) { return m_values[row * m_columns + column]; }
    float at(std::size_t row, std::size_t column) const { return m_values[row * m_columns + column]; }
    MatrixView view() const { return {m_values.data(), m_rows, m_columns}; }
    MutableMatrixView view() { return {m_values.data(), m_rows, m_columns}; }
    /// Changes the number of rows; keeps the memory when it shrinks. Old rows keep their values.
    void resizeRows(std::size_t rows)
    {
        m_values.resize(rows * m_columns);
        m_rows = rows;
    }

private:
    std::size_t m_rows = 0;
    std::size_t m_columns = 0;
    std::vector<float> m_values;
};

} // namespace sinkscope
