using System.Diagnostics.CodeAnalysis;
using System.Numerics;

namespace Undercroft.Queries;

/// <summary>Conversions between numbers, characters and enums, as C# makes them.</summary>
internal static class Casts
{
    // The whole numbers: their bits, negative where there is a sign.
    private static readonly Dictionary<Type, int> Bits = new()
    {
        [typeof(sbyte)] = -8,
        [typeof(byte)] = 8,
        [typeof(short)] = -16,
        [typeof(ushort)] = 16,
        [typeof(char)] = 16,
        [typeof(int)] = -32,
        [typeof(uint)] = 32,
        [typeof(long)] = -64,
        [typeof(nint)] = -64,
        [typeof(ulong)] = 64,
        [typeof(nuint)] = 64,
        [typeof(Int128)] = -128,
        [typeof(UInt128)] = 128,
    };

    /// <summary>Whether it is a type of numbers, whole or not.</summary>
    public static bool IsNumber(Type type) =>
        (Bits.ContainsKey(type) && type != typeof(char)) || type == typeof(decimal) || IsBinary(type);

    /// <summary>Whether it is a type of binary floating point numbers.</summary>
    public static bool IsBinary(Type type) =>
        type == typeof(double) || type == typeof(float) || type == typeof(Half);

    /// <summary>How many bits a whole number has; 0 for other types.</summary>
    public static int BitsOf(Type type) => Math.Abs(Bits.GetValueOrDefault(type));

    /// <summary>Whether numbers of one type stay what they are in another; whole numbers in binary ones do where they
    /// are not too big, which who compares has to see to.</summary>
    public static bool IsWidening(Type from, Type to)
    {
        if (from == to)
        {
            return true;
        }

        if (!Bits.TryGetValue(from, out var bits))
        {
            return (from == typeof(Half) && to == typeof(float)) ||
                (from != typeof(decimal) && IsBinary(from) && to == typeof(double));
        }

        var size = Math.Abs(bits);
        return Bits.TryGetValue(to, out var room)
            ? to != typeof(char) && (bits < 0 ? room < 0 && -room >= size : room < 0 ? -room > size : room >= size) ||
                (to == typeof(char) && from == typeof(ushort))
            : size <= 64 && (to == typeof(decimal) || to == typeof(double) || to == typeof(float));
    }

    /// <summary>Converts a number, character or enum into another.</summary>
    /// <param name="value">The value.</param>
    /// <param name="target">The type wanted, no nullable.</param>
    /// <param name="isChecked">Whether what does not fit is refused; otherwise its upper bits are cut off.</param>
    /// <param name="result">The value converted.</param>
    /// <returns>Whether both are of such types.</returns>
    /// <exception cref="OverflowException">It does not fit.</exception>
    public static bool TryConvert(object value, Type target, bool isChecked, [NotNullWhen(true)] out object? result)
    {
        if (target.IsEnum)
        {
            result = TryConvert(value, target.GetEnumUnderlyingType(), isChecked, out var number)
                ? Enum.ToObject(target, number)
                : null;
            return result is not null;
        }

        result = value switch
        {
            Enum one => TryConvert(NumberOf(one), target, isChecked, out var number) ? number : null,
            sbyte number => Convert(number, target, isChecked),
            byte number => Convert(number, target, isChecked),
            short number => Convert(number, target, isChecked),
            ushort number => Convert(number, target, isChecked),
            char number => Convert((ushort)number, target, isChecked),
            int number => Convert(number, target, isChecked),
            uint number => Convert(number, target, isChecked),
            long number => Convert(number, target, isChecked),
            ulong number => Convert(number, target, isChecked),
            nint number => Convert((long)number, target, isChecked),
            nuint number => Convert((ulong)number, target, isChecked),
            Int128 number => Convert(number, target, isChecked),
            UInt128 number => Convert(number, target, isChecked),
            double number => Binary(number, target, isChecked),
            float number => Binary(number, target, isChecked),
            Half number => Binary(number, target, isChecked),

            // What a decimal cannot be is never cut off.
            decimal number => Convert(number, target, isChecked: true),
            _ => null,
        };
        return result is not null;
    }

    private static object NumberOf(Enum value) => value.GetTypeCode() switch
    {
        TypeCode.UInt64 => System.Convert.ToUInt64(value, null),
        _ => System.Convert.ToInt64(value, null),
    };

    // Small whole numbers are made of a binary one by way of 32 bits.
    private static object? Binary<TFrom>(TFrom value, Type target, bool isChecked)
        where TFrom : INumberBase<TFrom> =>
        !isChecked && BitsOf(target) is 8 or 16
            ? Convert(int.CreateTruncating(value), target, isChecked: false)
            : Convert(value, target, isChecked);

    private static object? Convert<TFrom>(TFrom value, Type target, bool isChecked)
        where TFrom : INumberBase<TFrom> =>
        target == typeof(int) ? To<TFrom, int>(value, isChecked)
        : target == typeof(long) ? To<TFrom, long>(value, isChecked)
        : target == typeof(double) ? To<TFrom, double>(value, isChecked)
        : target == typeof(decimal) ? To<TFrom, decimal>(value, isChecked: true)
        : target == typeof(byte) ? To<TFrom, byte>(value, isChecked)
        : target == typeof(sbyte) ? To<TFrom, sbyte>(value, isChecked)
        : target == typeof(short) ? To<TFrom, short>(value, isChecked)
        : target == typeof(ushort) ? To<TFrom, ushort>(value, isChecked)
        : target == typeof(char) ? (char)(ushort)To<TFrom, ushort>(value, isChecked)
        : target == typeof(uint) ? To<TFrom, uint>(value, isChecked)
        : target == typeof(ulong) ? To<TFrom, ulong>(value, isChecked)
        : target == typeof(float) ? To<TFrom, float>(value, isChecked)
        : target == typeof(nint) ? (nint)(long)To<TFrom, long>(value, isChecked)
        : target == typeof(nuint) ? (nuint)(ulong)To<TFrom, ulong>(value, isChecked)
        : target == typeof(Half) ? To<TFrom, Half>(value, isChecked)
        : target == typeof(Int128) ? To<TFrom, Int128>(value, isChecked)
        : target == typeof(UInt128) ? To<TFrom, UInt128>(value, isChecked)
        : null;

    private static object To<TFrom, TTo>(TFrom value, bool isChecked)
        where TFrom : INumberBase<TFrom>
        where TTo : INumberBase<TTo> =>
        isChecked ? TTo.CreateChecked(value) : TTo.CreateTruncating(value);
}
