using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Microsoft.Net.Http.Headers;
using Undercroft.Monitors;

namespace Undercroft.AspNetCore.Api;

/// <summary>One call of an endpoint: its arguments and its answer.</summary>
internal sealed class ApiCall(
    HttpContext http, ApiRoute route, MonitorService monitors, MonitorApiOptions options, StoreLimit limit)
{
    public const int PageDefault = 50;
    public const int PageMax = 500;

    public MonitorService Monitors => monitors;

    /// <summary>Ends what is asked of the store: when the caller has gone, or has waited for long enough.</summary>
    public CancellationToken Ended => limit.Begin();

    private CancellationToken Aborted => http.RequestAborted;

    public string Route(string name) => (string)http.GetRouteValue(name)!;

    public string? Query(string name) => http.Request.Query[name] is { Count: > 0 } values
        ? values.Count == 1 && values[0] is { Length: > 0 } value
            ? value
            : throw new ApiException(
                StatusCodes.Status400BadRequest, $"The parameter '{name}' is empty or comes twice.")
        : null;

    /// <summary>Refuses parameters that the endpoint does not know: a misspelt one would ask for everything.</summary>
    public void CheckQuery()
    {
        foreach (var name in http.Request.Query.Keys)
        {
            if (!route.Parameters.Any(known => known.In == "query" && known.Name == name))
            {
                var names = string.Join(
                    ", ", route.Parameters.Where(static known => known.In == "query").Select(static one => one.Name));
                throw new ApiException(
                    StatusCodes.Status400BadRequest,
                    $"The parameter {Names.Show(name)} is not known here; expected "
                    + $"{(names.Length > 0 ? names : "none")}.");
            }
        }
    }

    public int Limit(int fallback = PageDefault, int max = PageMax)
    {
        if (Query("limit") is not { } text)
        {
            return fallback;
        }

        return int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var limit) && limit >= 1
            && limit <= max
            ? limit
            : throw new ApiException(
                StatusCodes.Status400BadRequest,
                $"The parameter 'limit' is {Names.Show(text)}; expected a whole number from 1 to {max}.");
    }

    public DateTimeOffset? Time(string name) => Query(name) is not { } text ? null
        : DateTimeOffset.TryParse(
            text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal,
            out var time)
            ? time
            : throw new ApiException(
                StatusCodes.Status400BadRequest,
                $"The parameter '{name}' is {Names.Show(text)}; expected a time, such as 2026-01-31T12:00:00Z.");

    /// <summary>The body, up to the limit.</summary>
    public async Task<byte[]> BodyAsync()
    {
        var isKnown = MediaTypeHeaderValue.TryParse(http.Request.ContentType, out var type);
        if (http.Request.ContentLength != 0 && !(isKnown && type!.MatchesMediaType("application/json")))
        {
            // A page of another site can send anything but this without asking.
            throw new ApiException(
                StatusCodes.Status415UnsupportedMediaType,
                "The body has another type; expected the header 'Content-Type: application/json'.");
        }

        if (type is { Charset.HasValue: true } &&
            HeaderUtilities.RemoveQuotes(type.Charset) is var charset &&
            !charset.Equals("utf-8", StringComparison.OrdinalIgnoreCase))
        {
            throw OtherEncoding(Names.Show(charset.Value));
        }

        using var body = new MemoryStream();
        var chunk = new byte[8192];
        int count;
        while ((count = await http.Request.Body.ReadAsync(chunk, Aborted).ConfigureAwait(false)) > 0)
        {
            if (body.Length + count > options.BodyBytesMax)
            {
                throw new ApiException(
                    StatusCodes.Status413PayloadTooLarge,
                    $"The body has more than {options.BodyBytesMax} bytes. Send less.");
            }

            await body.WriteAsync(chunk.AsMemory(0, count), Aborted).ConfigureAwait(false);
        }

        return Utf8(body.GetBuffer().AsSpan(0, (int)body.Length));
    }

    // JSON that travels is UTF-8. A mark in front of it says nothing more; another encoding is told apart by its zeros.
    private static byte[] Utf8(ReadOnlySpan<byte> body)
    {
        if (body is [0xFE, 0xFF, ..] or [0xFF, 0xFE, ..] or [0, _, ..] or [_, 0, ..])
        {
            throw OtherEncoding("UTF-16 or UTF-32");
        }

        return (body is [0xEF, 0xBB, 0xBF, .. var rest] ? rest : body).ToArray();
    }

    private static ApiException OtherEncoding(string found) => new(
        StatusCodes.Status415UnsupportedMediaType, $"The body is in {found}; expected UTF-8, as JSON is sent.");

    public async Task<T> BodyAsync<T>(JsonTypeInfo<T> type)
    {
        var body = await BodyAsync().ConfigureAwait(false);
        try
        {
            return JsonSerializer.Deserialize(body, type)
                ?? throw new ApiException(StatusCodes.Status400BadRequest, "The body is null; expected an object.");
        }
        catch (JsonException error)
        {
            throw new ApiException(
                StatusCodes.Status400BadRequest,
                $"The body does not read as expected{Describe(error)}");
        }
    }

    // The reader's own sentences name types of this program and end in a notation of its own.
    private static string Describe(JsonException error)
    {
        var said = JsonPlace.Reason(error);
        if (said.Contains("could not be mapped", StringComparison.Ordinal) && said.Split('\'') is { Length: > 2 } words)
        {
            return $": the member {Names.Show(words[1])} is not known here. Correct it, or leave it out.";
        }

        var place = error.Path is { Length: > 1 } path ? $" at {Names.Show(path.TrimStart('$', '.'))}" : "";
        return said.Contains("could not be converted", StringComparison.Ordinal)
            ? $"{place}: the value has another type than is expected there."
            : $"{place}: {said}.";
    }

    /// <summary>The revision the caller has seen; null for <c>*</c>. Of several it is the one that is there, so that
    /// what the store compares is still one.</summary>
    /// <param name="isRequired">Whether a caller who says nothing is refused.</param>
    /// <param name="read">Reads the revision there is; null where there is nothing.</param>
    public async ValueTask<Revision?> ExpectedAsync(bool isRequired, Func<ValueTask<Revision?>> read)
    {
        var header = http.Request.Headers.IfMatch;
        if (string.IsNullOrWhiteSpace(header))
        {
            return isRequired
                ? throw new ApiException(
                    StatusCodes.Status428PreconditionRequired,
                    "Send 'If-Match' with the ETag you last read, or 'If-Match: *' to overwrite whatever is there.")
                : null;
        }

        if (ETags.IsAny(header))
        {
            return null;
        }

        var seen = ETags.Read(header, isStrong: true);
        return seen.Count switch
        {
            0 => throw new ApiException(
                StatusCodes.Status412PreconditionFailed,
                "No ETag in 'If-Match' is one of this service. Read the plan again and send the one it comes with, " +
                "as it is."),
            1 => seen[0],
            _ => await read().ConfigureAwait(false) is { } there && seen.Contains(there) ? there : seen[0],
        };
    }

    /// <summary>Says that the caller has seen a revision already.</summary>
    public bool HasSeen(Revision revision) => ETags.Matches(http.Request.Headers.IfNoneMatch, revision);

    public void SetETag(Revision revision) => http.Response.Headers.ETag = ETags.Write(revision);

    /// <summary>Says where what was made can be found, as the caller sees it.</summary>
    public void SetLocation(string path) => http.Response.Headers.Location = ApiPrefix.Of(http, route.Pattern) + path;

    public Task WriteAsync<T>(T value, JsonTypeInfo<T> type, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        return JsonSerializer.SerializeAsync(http.Response.Body, value, type, Aborted);
    }

    public async Task WriteAsync(ReadOnlyMemory<byte> json, int status = StatusCodes.Status200OK)
    {
        http.Response.StatusCode = status;
        http.Response.ContentType = "application/json; charset=utf-8";
        http.Response.Headers.XContentTypeOptions = "nosniff";
        _ = await http.Response.BodyWriter.WriteAsync(json, Aborted).ConfigureAwait(false);
    }

    public void Answer(int status) => http.Response.StatusCode = status;
}
