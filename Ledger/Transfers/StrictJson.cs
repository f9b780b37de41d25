using System.Buffers;
using System.Runtime.InteropServices;
using System.Text;
using System.Text.Json;

namespace LeitherCluster.Ledger.Transfers;

/// <summary>
/// Reads JSON objects whose fields are known: each once, in any order, none besides, nothing behind. Whatever is wrong becomes the name of
/// the field where it is, such as <c>items[3].acceptance.key</c>. Every method that returns false has found something wrong. Bytes that are no JSON
/// make it throw <see cref="JsonException"/>, which its owner turns into a refusal by <see cref="PlaceOf"/>.
/// </summary>
internal ref struct StrictJson
{
    /// <summary>What <see cref="Next"/> returns at the end of an object.</summary>
    public const int End = -1;

    private const int Wrong = -2;
    private const int DepthMax = 16;
    private const int EchoLengthMax = 32;

    private readonly ReadOnlySpan<byte> _utf8;
    private Utf8JsonReader _reader;

    public StrictJson(ReadOnlySpan<byte> utf8)
    {
        _utf8 = utf8;
        _reader = new Utf8JsonReader(utf8, new JsonReaderOptions { MaxDepth = DepthMax });
    }

    /// <summary>Where the first wrong thing is; empty for the document itself; null when nothing is wrong.</summary>
    public string? Field { get; private set; }

    /// <summary>How the place of a syntax error is called.</summary>
    public static string PlaceOf(JsonException exception) =>
        $"(no JSON at line {exception.LineNumber + 1}, byte {exception.BytePositionInLine + 1})";

    /// <summary>Enters an object.</summary>
    public bool BeginObject() => (_reader.Read() && _reader.TokenType == JsonTokenType.StartObject) || Fail();

    /// <summary>An object as it stands there, for somebody else to read.</summary>
    public bool Object(out ReadOnlySpan<byte> utf8)
    {
        utf8 = default;
        if (!BeginObject())
        {
            return false;
        }

        int start = (int)_reader.TokenStartIndex;
        _reader.Skip();
        utf8 = _utf8[start..(int)_reader.BytesConsumed];
        return true;
    }

    /// <summary>Enters an array.</summary>
    public bool BeginArray() => (_reader.Read() && _reader.TokenType == JsonTokenType.StartArray) || Fail();

    /// <summary>Inside an array of objects: enters the next one; false at the array's end, or when what comes is no object.</summary>
    public bool NextObject()
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.StartObject)
        {
            return true;
        }

        return _reader.TokenType != JsonTokenType.EndArray && Fail();
    }

    /// <summary>
    /// Inside an object: the index of the next field among the names, <see cref="End"/>, or another negative number when something is wrong: a field that is
    /// not among them, or for the second time.
    /// </summary>
    public int Next(ReadOnlySpan<string> names, ref uint seen)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.EndObject)
        {
            return End;
        }

        for (int i = 0; i < names.Length; i++)
        {
            if (TextIs(names[i]))
            {
                bool isSecond = (seen >> i & 1) != 0;
                seen |= 1u << i;
                return isSecond ? WrongIn(names[i]) : i;
            }
        }

        return WrongIn(Echo(_reader.ValueSpan));
    }

    /// <summary>At the end of an object: whether all fields of a bit set were there.</summary>
    public bool Has(ReadOnlySpan<string> names, uint seen, uint required)
    {
        uint missing = required & ~seen;
        return missing == 0 || FailIn(names[System.Numerics.BitOperations.TrailingZeroCount(missing)]);
    }

    /// <summary>At the end of the document: whether nothing follows.</summary>
    public bool IsAtEnd() => !_reader.Read() || Fail();

    /// <summary>Notes that the wrong thing is in this field (of this object or what is inside); returns false.</summary>
    public bool FailIn(string name)
    {
        Field = string.IsNullOrEmpty(Field) ? name : Field[0] == '[' ? name + Field : $"{name}.{Field}";
        return false;
    }

    /// <summary>Exactly as many bytes as the destination has, in hexadecimal digits.</summary>
    public bool Hex(scoped Span<byte> destination)
    {
        _reader.Read();
        return IsHex(destination);
    }

    /// <summary>Inside an array of hexadecimal values: the next one; false at the array's end, or when what comes is none.</summary>
    public bool NextHex<T>(out T value)
        where T : unmanaged
    {
        value = default;
        _reader.Read();
        return _reader.TokenType != JsonTokenType.EndArray && IsHex(MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>A value that is nothing but its bytes, in hexadecimal digits.</summary>
    public bool Hex<T>(out T value)
        where T : unmanaged
    {
        value = default;
        return Hex(MemoryMarshal.AsBytes(new Span<T>(ref value)));
    }

    /// <summary>A whole number of 64 bits: a string of decimal digits, or a JSON number without sign, point or exponent. No leading zeros.</summary>
    public bool Number(out ulong value)
    {
        value = 0;
        _reader.Read();
        ReadOnlySpan<byte> digits = _reader.ValueSpan;
        if (_reader.TokenType is not (JsonTokenType.String or JsonTokenType.Number) || digits.Length is 0 or > 20
            || (digits.Length > 1 && digits[0] == '0'))
        {
            return Fail();
        }

        UInt128 number = 0;
        foreach (byte digit in digits)
        {
            if (!char.IsAsciiDigit((char)digit))
            {
                return Fail();
            }

            number = (number * 10) + (uint)(digit - '0');
        }

        value = unchecked((ulong)number);
        return number <= ulong.MaxValue || Fail();
    }

    /// <summary>A whole number up to a bound.</summary>
    public bool Number(ulong max, out uint value)
    {
        bool isNumber = Number(out ulong number) && number <= max;
        value = isNumber ? (uint)number : 0;
        return isNumber || Fail();
    }

    /// <summary>One of a few words, by its index among them.</summary>
    public bool Word(ReadOnlySpan<string> words, out int index)
    {
        _reader.Read();
        for (index = 0; _reader.TokenType == JsonTokenType.String && index < words.Length; index++)
        {
            if (words[index].Length > 0 && TextIs(words[index]))
            {
                return true;
            }
        }

        return Fail();
    }

    // Our words need no escapes, and an escape that stands for half a character would throw.
    private readonly bool TextIs(string word) => !_reader.ValueIsEscaped && Ascii.Equals(_reader.ValueSpan, word);

    private bool IsHex(scoped Span<byte> destination)
    {
        bool isHex = _reader.TokenType == JsonTokenType.String && !_reader.ValueIsEscaped && _reader.ValueSpan.Length == 2 * destination.Length
            && Convert.FromHexString(_reader.ValueSpan, destination, out _, out _) == OperationStatus.Done;
        return isHex || Fail();
    }

    private bool Fail()
    {
        Field ??= "";
        return false;
    }

    private int WrongIn(string name)
    {
        FailIn(name);
        return Wrong;
    }

    // A stranger's text goes into logs: its letters and digits, and not much of it.
    private static string Echo(ReadOnlySpan<byte> name)
    {
        StringBuilder echo = new();
        foreach (byte letter in name[..Math.Min(name.Length, EchoLengthMax)])
        {
            echo.Append(char.IsAsciiLetterOrDigit((char)letter) ? (char)letter : '?');
        }

        return echo.ToString();
    }
}
