// SPDX-License-Identifier: Apache-2.0
// Row-major fp32 matrices: views without ownership, and one owning buffer.
#pragma once

#include <cassert>
#include <cstddef>
#include <new>
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

/// Owning row-major fp32 matrix on a cache-line boundary, zero-initialised.
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
    bool empty() const { return m_rows * m_columns == 0; }
    std::size_t byteSize() const { return m_rows * m_columns * sizeof(float); }
    std::span<float> values() { return {m_values.data(), m_rows * m_columns}; }
    std::span<const float> values() const { return {m_values.data(), m_rows * m_columns}; }
    std::span<float> row(std::size_t index) { return {m_values.data() + index * m_columns, m_columns}; }
    std::span<const float> row(std::size_t index) const
    {
        return {m_values.data() + index * m_columns, m_columns};
    }
    float &at(std::size_t row, std::size_t column) { return m_values[row * m_columns + column]; }
    float at(std::size_t row, std::size_t column) const { return m_values[row * m_columns + column]; }
    MatrixView view() const { return {m_values.data(), m_rows, m_columns}; }
    MutableMatrixView view() { return {m_values.data(), m_rows, m_columns}; }
    /// Rows [first, first + count).
    MutableMatrixView rowsView(std::size_t first, std::size_t count)
    {
        return {m_values.data() + first * m_columns, count, m_columns};
    }
    /// Changes the number of rows; the memory never shrinks. Rows below both counts keep their values, others
    /// hold anything.
    void resizeRows(std::size_t rows)
    {
        if (rows * m_columns > m_values.size())
            m_values.resize(rows * m_columns);
        m_rows = rows;
    }
    /// Changes both; the memory never shrinks. The matrix holds anything unless the columns stay.
    void reshape(std::size_t rows, std::size_t columns)
    {
        m_columns = columns;
        resizeRows(rows);
    }

private:
    template <typename Value> struct CacheLineAllocator {
        using value_type = Value;
        static constexpr std::align_val_t kCacheLine {64};

        CacheLineAllocator() = default;
        template <typename Other> CacheLineAllocator(const CacheLineAllocator<Other> &) { }
        Value *allocate(std::size_t count)
        {
            return static_cast<Value *>(::operator new(count * sizeof(Value), kCacheLine));
        }
        void deallocate(Value *values, std::size_t) { ::operator delete(values, kCacheLine); }
        template <typename Other> bool operator==(const CacheLineAllocator<Other> &) const { return true; }
    };

    std::size_t m_rows = 0;
    std::size_t m_columns = 0;
    std::vector<float, CacheLineAllocator<float>> m_values; // at least rows * columns
};

} // namespace sinkscope
