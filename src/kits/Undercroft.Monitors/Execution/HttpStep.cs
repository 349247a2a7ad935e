using System.Diagnostics;
using System.Net;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;

namespace Undercroft.Monitors;

/// <summary>Sends the request of a node and reads its response, within bounds.</summary>
internal sealed class HttpStep(
    HttpRequestNode node,
    ValueResolver values,
    MonitorExecutorOptions options,
    RunRecorder recorder,
    HttpMessageInvoker invoker,
    TimeProvider clock)
{
    private const int ChunkSize = 16 * 1024;

    private static readonly HashSet<string> Credentials =
        new(["Authorization", "Cookie", "Proxy-Authorization"], StringComparer.OrdinalIgnoreCase);

    public async Task<HttpExchange> RunAsync(CancellationToken cancellationToken)
    {
        var timeout = node.Timeout ?? options.RequestTimeout;
        using var limit = new CancellationTokenSource(timeout, clock);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, limit.Token);
        try
        {
            var uri = await UriAsync(either.Token).ConfigureAwait(false);
            var headers = await HeadersAsync(either.Token).ConfigureAwait(false);
            var body = node.Body is null
                ? (JsonElement?)null
                : await values.ResolveAsync(node.Body, either.Token).ConfigureAwait(false);
            return await FollowAsync(new Sending(node.Method, uri, headers, body), either.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (limit.IsCancellationRequested
            && !cancellationToken.IsCancellationRequested)
        {
            throw new NodeFailure(
                $"no whole response came within {timeout.TotalMilliseconds:0} ms. Look at the server, or raise the "
                + "node's timeout_ms.");
        }
        catch (Exception error) when (error is HttpRequestException or IOException or FormatException
            or NotSupportedException or InvalidDataException)
        {
            throw HttpFailures.Describe(error);
        }
    }

    private async Task<HttpExchange> FollowAsync(Sending sending, CancellationToken cancellationToken)
    {
        var begun = clock.GetTimestamp();
        for (var redirects = 0; ; redirects++)
        {
            using var request = Create(sending);
            recorder.Add(RunEventType.HttpRequest, node.Id, message: $"{sending.Method} {sending.Uri}");
            using var response = await invoker.SendAsync(request, cancellationToken).ConfigureAwait(false);
            var next = node.FollowsRedirects ? Redirects.Next(sending, response) : null;
            if (next is null)
            {
                var body = await ReadAsync(response, cancellationToken).ConfigureAwait(false);
                var latency = clock.GetElapsedTime(begun).TotalMilliseconds;
                var status = (int)response.StatusCode;
                recorder.Add(
                    RunEventType.HttpResponse, node.Id, latency, status: status, message: $"{body.Length} bytes");
                return new HttpExchange(status, HeadersOf(response), body, latency, node.ResponseFormat);
            }

            recorder.Add(
                RunEventType.HttpResponse,
                node.Id,
                clock.GetElapsedTime(begun).TotalMilliseconds,
                status: (int)response.StatusCode,
                message: $"redirected to {next.Uri}");
            if (redirects >= options.RedirectsMax)
            {
                throw new NodeFailure(
                    $"the server redirects more than {options.RedirectsMax} times, at last to {next.Uri}. Look for a "
                    + "circle, or aim at the last URL.");
            }

            if (!SameOrigin(sending.Uri, next.Uri))
            {
                if (next.Body?.GetRawText() is { } body && recorder.Clean(body) != body)
                {
                    throw new NodeFailure(
                        $"the server redirects a body that holds a secret to another origin, {next.Uri}. Aim at the "
                        + "last URL, if it may know the secret.");
                }

                next = next with
                {
                    Headers = [.. next.Headers.Where(static one => !one.IsSecret && !Credentials.Contains(one.Name))],
                };
            }

            sending = next;
        }
    }

    private async ValueTask<Uri> UriAsync(CancellationToken cancellationToken)
    {
        var start = await values.TextAsync(node.Base, cancellationToken).ConfigureAwait(false);
        var path = await values.TextAsync(node.Path, cancellationToken).ConfigureAwait(false);
        var separator = path.Length > 0 && !path.StartsWith('/') && !path.StartsWith('?') && !start.EndsWith('/')
            ? "/" : "";
        var text = start.EndsWith('/') && path.StartsWith('/') ? start + path[1..] : start + separator + path;
        if (!Uri.TryCreate(text, UriKind.Absolute, out var uri)
            || (uri.Scheme != Uri.UriSchemeHttp && uri.Scheme != Uri.UriSchemeHttps))
        {
            throw new NodeFailure(
                $"{Names.Show(recorder.Clean(text))} is no URL; expected http:// or https:// and a host.");
        }

        return uri.UserInfo.Length == 0 ? uri : throw new NodeFailure(
            "the URL carries a name or password. Send it as a header, from a secret.");
    }

    private async ValueTask<List<Header>> HeadersAsync(CancellationToken cancellationToken)
    {
        var headers = new List<Header>();
        foreach (var (name, value) in node.Headers)
        {
            var text = await values.TextAsync(value, cancellationToken).ConfigureAwait(false);
            var isSecret = value.Json.ValueKind == JsonValueKind.Object
                && PlanValueCheck.Marker(value.Json) == PlanValue.SecretName;
            headers.Add(new Header(name, text, isSecret));
        }

        return headers;
    }

    private static HttpRequestMessage Create(Sending sending)
    {
        var request = new HttpRequestMessage(new HttpMethod(sending.Method), sending.Uri);
        if (sending.Body is { } body)
        {
            var isText = body.ValueKind == JsonValueKind.String;
            request.Content = new ByteArrayContent(
                Encoding.UTF8.GetBytes(isText ? body.GetString()! : body.GetRawText()));
            request.Content.Headers.ContentType = MediaTypeHeaderValue.Parse(
                isText ? "text/plain; charset=utf-8" : "application/json");
        }

        foreach (var (name, value, _) in sending.Headers)
        {
            if (value.AsSpan().IndexOfAny('\r', '\n', '\0') >= 0)
            {
                throw new NodeFailure($"the value of the header '{name}' holds the end of a line. Remove it.");
            }

            if (request.Headers.TryAddWithoutValidation(name, value))
            {
                continue;
            }

            // What is said of a body goes with the body: with one of no bytes where the plan has none.
            request.Content ??= new ByteArrayContent([]);
            _ = request.Content.Headers.Remove(name);
            _ = request.Content.Headers.TryAddWithoutValidation(name, value);
        }

        return request;
    }

    private async ValueTask<byte[]> ReadAsync(HttpResponseMessage response, CancellationToken cancellationToken)
    {
        var stream = await response.Content.ReadAsStreamAsync(cancellationToken).ConfigureAwait(false);
        await using var owned = stream.ConfigureAwait(false);
        using var body = new MemoryStream();
        var chunk = new byte[ChunkSize];
        int count;
        while ((count = await stream.ReadAsync(chunk, cancellationToken).ConfigureAwait(false)) > 0)
        {
            if (body.Length + count > options.BodyBytesMax)
            {
                throw new NodeFailure(
                    $"the body of the response has more than {options.BodyBytesMax} bytes, more than monitors read "
                    + $"here. Ask for less; a program of yours can raise {nameof(options.BodyBytesMax)}.")
                {
                    HttpStatus = (int)response.StatusCode,
                };
            }

            await body.WriteAsync(chunk.AsMemory(0, count), cancellationToken).ConfigureAwait(false);
        }

        return body.ToArray();
    }

    private static Dictionary<string, string> HeadersOf(HttpResponseMessage response)
    {
        var headers = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var (name, texts) in response.Headers.NonValidated.Concat(response.Content.Headers.NonValidated))
        {
            headers[name] = texts.ToString();
        }

        return headers;
    }

    private static bool SameOrigin(Uri left, Uri right) =>
        left.Scheme == right.Scheme && left.Port == right.Port
        && string.Equals(left.IdnHost, right.IdnHost, StringComparison.OrdinalIgnoreCase);
}
