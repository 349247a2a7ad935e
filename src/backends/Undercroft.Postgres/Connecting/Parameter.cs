using System.Runtime.InteropServices;
using System.Text;
using Npgsql;
using NpgsqlTypes;

namespace Undercroft.Postgres.Connecting;

/// <summary>Makes typed parameters.</summary>
internal static class Parameter
{
    public static NpgsqlParameter Of(int value) => new NpgsqlParameter<int> { TypedValue = value };

    public static NpgsqlParameter Of(long value) => new NpgsqlParameter<long> { TypedValue = value };

    public static NpgsqlParameter Of(Guid value) => new NpgsqlParameter<Guid> { TypedValue = value };

    public static NpgsqlParameter Of(bool value) => new NpgsqlParameter<bool> { TypedValue = value };

    public static NpgsqlParameter Of(int? value) => Any(value, NpgsqlDbType.Integer);

    public static NpgsqlParameter Of(string? value) => Any(value, NpgsqlDbType.Text);

    public static NpgsqlParameter Of(byte[]? value) => Any(value, NpgsqlDbType.Bytea);

    public static NpgsqlParameter Of(long? value) => Any(value, NpgsqlDbType.Bigint);

    public static NpgsqlParameter OfXid(ulong value) =>
        new NpgsqlParameter<ulong> { TypedValue = value, NpgsqlDbType = NpgsqlDbType.Xid8 };

    public static NpgsqlParameter Of(int[]? values) => Any(values, NpgsqlDbType.Array | NpgsqlDbType.Integer);

    public static NpgsqlParameter Of(long[]? values) => Any(values, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static NpgsqlParameter Of(long?[]? values) => Any(values, NpgsqlDbType.Array | NpgsqlDbType.Bigint);

    public static NpgsqlParameter Of(Guid[]? values) => Any(values, NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    public static NpgsqlParameter Of(string?[]? values) => Any(values, NpgsqlDbType.Array | NpgsqlDbType.Text);

    public static NpgsqlParameter Of(bool[]? values) => Any(values, NpgsqlDbType.Array | NpgsqlDbType.Boolean);

    public static NpgsqlParameter Of(Guid?[]? values) => Any(values, NpgsqlDbType.Array | NpgsqlDbType.Uuid);

    public static NpgsqlParameter Of(byte[]?[]? values) => Any(values, NpgsqlDbType.Array | NpgsqlDbType.Bytea);

    /// <summary>The UTF-8 of text that may hold U+0000; null stays null.</summary>
    public static byte[]? Utf8(string? text) => text is null ? null : Encoding.UTF8.GetBytes(text);

    /// <summary>The bytes as an array, without a copy where they are one.</summary>
    public static byte[] Bytes(ReadOnlyMemory<byte> bytes) =>
        MemoryMarshal.TryGetArray(bytes, out var segment) && segment.Offset == 0 &&
        segment.Array!.Length == segment.Count
            ? segment.Array
            : bytes.ToArray();

    private static NpgsqlParameter Any(object? value, NpgsqlDbType type) =>
        new() { Value = value ?? DBNull.Value, NpgsqlDbType = type };
}
